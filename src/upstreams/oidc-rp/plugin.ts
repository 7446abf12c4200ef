/** The callbacks of issuers, one each, and what ends logins. None reads a cookie: the browser's own GET afterwards does (DESIGN §1 rule 2). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isBrygganError } from '../../core/errors.ts';

export interface UpstreamOidcRoutes {
  /** The answer of an issuer; where the browser goes next. `provider`: `<party>/<name>`, from the address. */
  readonly callback: (provider: string, rawQuery: string) => Promise<string>;
  /** The browser is back from the issuer's logout. */
  readonly loggedOut: (provider: string, rawQuery: string, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
  /** The issuer's own demand. Errors: `upstream.*`. */
  readonly endedThere: (provider: string, body: string) => Promise<void>;
}
export const callbackPath = (provider: string): string => `/upstream/oidc/callback/${provider}`;
export const logoutPath = (provider: string): string => `/upstream/oidc/logout/${provider}`;
interface Named { Params: { party: string; name: string } }
const nameOf = ({ params: { party, name } }: FastifyRequest<Named>): string => `${party}/${name}`;
const queryOf = ({ url }: { readonly url: string }): string => (url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');

export const registerUpstreamOidc = (server: FastifyInstance, routes: UpstreamOidcRoutes): void => {
  server.get<Named>(callbackPath(':party/:name'), async (request, reply) =>
    // [RFC 9700 §4.2.4] The code is in this address: no page is shown here, and none is told where the browser came from.
    reply.code(303).headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).header('location', await routes.callback(nameOf(request), queryOf(request))).send());
  server.get<Named>(logoutPath(':party/:name'), async (request, reply) => routes.loggedOut(nameOf(request), queryOf(request), request, reply));
  server.post<Named>(logoutPath(':party/:name'), async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    try {
      await routes.endedThere(nameOf(request), typeof request.body === 'string' ? request.body : '');
    } catch (error) {
      if (!isBrygganError(error) || !error.code.startsWith('upstream.')) throw error;
      request.log.warn({ code: error.code, detail: error.detail, facts: error.facts }, 'a logout token was refused');
      return reply.code(400).send({ error: 'invalid_request', error_description: error.code }); // [OIDC-BCL §2.8]
    }
    return reply.code(200).send();
  });
};
