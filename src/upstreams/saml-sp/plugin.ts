/** Routes of Bryggan as a service of IdPs. The POST endpoints read no cookie (DESIGN §1 rule 2). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface UpstreamSamlRoutes {
  readonly metadata: () => { readonly bytes: Buffer; readonly etag: string };
  /** Who read our metadata. */
  readonly observe?: (request: FastifyRequest) => void;
  /** The answer of an IdP; where the browser goes next. */
  readonly acs: (body: string, rawQuery: string) => Promise<string>;
  readonly slo: (message: { readonly binding: 'redirect'; readonly rawQuery: string } | { readonly binding: 'post'; readonly body: string; readonly rawQuery: string }, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
}

export const registerUpstreamSaml = (server: FastifyInstance, routes: UpstreamSamlRoutes): void => {
  server.get('/upstream/saml/metadata', (request, reply) => {
    const { bytes, etag } = routes.metadata();
    routes.observe?.(request);
    void reply.header('etag', etag).header('cache-control', 'public, max-age=300').type('application/samlmetadata+xml');
    return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(bytes);
  });
  // 303: the browser's own GET brings the cookie that a cross-site POST does not.
  server.post('/upstream/saml/acs', async (request, reply) => reply.code(303).header('cache-control', 'no-store').header('location', await routes.acs(bodyOf(request), queryOf(request))).send());
  server.get('/upstream/saml/slo', async (request, reply) => routes.slo({ binding: 'redirect', rawQuery: queryOf(request) }, request, reply));
  server.post('/upstream/saml/slo', async (request, reply) => routes.slo({ binding: 'post', body: bodyOf(request), rawQuery: queryOf(request) }, request, reply));
};
const bodyOf = (request: FastifyRequest): string => (typeof request.body === 'string' ? request.body : '');
const queryOf = (request: FastifyRequest): string => {
  const at = request.url.indexOf('?');
  return at < 0 ? '' : request.url.slice(at + 1);
};
