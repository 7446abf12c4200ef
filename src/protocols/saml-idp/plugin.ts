/** Routes of the SAML face: metadata, single sign-on and logout. The POST endpoints read no cookie (DESIGN §1 rule 2). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Arrival } from '../../login/ports.ts';
import type { AcceptedLogout } from './accept-logout.ts';

export interface SamlRouteOptions {
  /** Verifies the message; throws what must not be answered in SAML. */
  readonly acceptRedirect: (rawQuery: string) => Arrival;
  readonly acceptPost: (body: string, rawQuery: string) => Arrival;
  readonly metadata: () => { readonly bytes: Buffer; readonly etag: string };
  /** Who read our metadata. */
  readonly observe?: (request: FastifyRequest) => void;
  readonly acceptLogoutRedirect: (rawQuery: string) => AcceptedLogout;
  readonly acceptLogoutPost: (body: string, rawQuery: string) => AcceptedLogout;
  readonly deliverLogout: (accepted: AcceptedLogout, transport: 'same-site-cookies' | 'cross-site-post', request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
  /** The whole exchange of the back channel: envelope in, envelope out. */
  readonly soapLogout: (body: Uint8Array) => Promise<string>;
  /** Hands a verified request to the flow and sends its reply. */
  readonly deliver: (arrival: Arrival, transport: 'same-site-cookies' | 'cross-site-post', request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
}

export const registerSaml = (server: FastifyInstance, options: SamlRouteOptions): void => {
  server.get('/saml/metadata', (request, reply) => {
    const { bytes, etag } = options.metadata();
    options.observe?.(request);
    void reply.header('etag', etag).header('cache-control', 'public, max-age=300').type('application/samlmetadata+xml');
    return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(bytes);
  });
  server.get('/saml/sso', async (request, reply) => options.deliver(options.acceptRedirect(queryOf(request)), 'same-site-cookies', request, reply));
  server.post('/saml/sso', async (request, reply) => options.deliver(options.acceptPost(bodyOf(request), queryOf(request)), 'cross-site-post', request, reply));
  server.get('/saml/slo', async (request, reply) => options.deliverLogout(options.acceptLogoutRedirect(queryOf(request)), 'same-site-cookies', request, reply));
  server.post('/saml/slo', async (request, reply) => options.deliverLogout(options.acceptLogoutPost(bodyOf(request), queryOf(request)), 'cross-site-post', request, reply));
  // An XML body is taken here alone, and undecoded: the reader decides about bytes.
  void server.register((scope, _options, done) => {
    scope.addContentTypeParser(['text/xml', 'application/xml'], { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    scope.post('/saml/slo/soap', async (request, reply) => reply.type('text/xml; charset=utf-8').header('cache-control', 'no-store').send(await options.soapLogout(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0))));
    done();
  });
};
const bodyOf = (request: FastifyRequest): string => (typeof request.body === 'string' ? request.body : '');
const queryOf = (request: FastifyRequest): string => {
  const at = request.url.indexOf('?');
  return at < 0 ? '' : request.url.slice(at + 1);
};
