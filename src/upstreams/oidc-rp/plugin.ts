/** The callbacks of issuers, one each. They read no cookie: the browser's own GET afterwards does (DESIGN §1 rule 2). */
import type { FastifyInstance } from 'fastify';

export interface UpstreamOidcRoutes {
  /** The answer of an issuer; where the browser goes next. `provider`: `<party>/<name>`, from the address. */
  readonly callback: (provider: string, rawQuery: string) => Promise<string>;
}
export const callbackPath = (provider: string): string => `/upstream/oidc/callback/${provider}`;
export const registerUpstreamOidc = (server: FastifyInstance, routes: UpstreamOidcRoutes): void => {
  server.get<{ Params: { party: string; name: string } }>(callbackPath(':party/:name'), async ({ params: { party, name }, url }, reply) => {
    const at = url.indexOf('?');
    // [RFC 9700 §4.2.4] The code is in this address: no page is shown here, and none is told where the browser came from.
    return reply.code(303).headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).header('location', await routes.callback(`${party}/${name}`, at < 0 ? '' : url.slice(at + 1))).send();
  });
};
