/** Routes of the SAML face: metadata and single sign-on. The POST endpoint reads no cookie (DESIGN §1 rule 2). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Arrival } from '../../login/ports.ts';

export interface SamlRouteOptions {
  /** Verifies the message; throws what must not be answered in SAML. */
  readonly acceptRedirect: (rawQuery: string) => Arrival;
  readonly acceptPost: (body: string, rawQuery: string) => Arrival;
  readonly metadata: () => { readonly bytes: Buffer; readonly etag: string };
  /** Hands a verified request to the flow and sends its reply. */
  readonly deliver: (arrival: Arrival, transport: 'same-site-cookies' | 'cross-site-post', request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
}

export const registerSaml = (server: FastifyInstance, options: SamlRouteOptions): void => {
  server.get('/saml/metadata', (request, reply) => {
    const { bytes, etag } = options.metadata();
    void reply.header('etag', etag).header('cache-control', 'public, max-age=300').type('application/samlmetadata+xml');
    return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(bytes);
  });
  server.get('/saml/sso', async (request, reply) => {
    const at = request.url.indexOf('?');
    return options.deliver(options.acceptRedirect(at < 0 ? '' : request.url.slice(at + 1)), 'same-site-cookies', request, reply);
  });
  server.post('/saml/sso', async (request, reply) =>
    options.deliver(options.acceptPost(typeof request.body === 'string' ? request.body : '', request.url.split('?')[1] ?? ''), 'cross-site-post', request, reply));
};
