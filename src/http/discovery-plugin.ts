/** Routes of our discovery service [IdPDisc §2.4]. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { LoginPorts } from '../login/context.ts';
import { discover, discovered, type DiscoveryQuery } from '../login/discovery.ts';
import { browserOf } from './browser.ts';
import { onlyParameter, rawQueryOf } from './form.ts';
import { sendFlow, type ReplyTools } from './reply-page.ts';

const queryOf = (request: FastifyRequest): DiscoveryQuery => {
  const query = rawQueryOf(request.url);
  const of = (name: string): string | null => onlyParameter(query, name) ?? null;
  return { entityId: of('entityID'), returnUrl: of('return'), parameter: of('returnIDParam'), policy: of('policy'), passive: of('isPassive'), search: of('q') };
};
export const registerDiscovery = (server: FastifyInstance, ports: LoginPorts, tools: ReplyTools, ownEntityId: string): void => {
  server.get('/discovery', async (request, reply) => sendFlow(request, reply, discover(queryOf(request), browserOf(request), ports), tools));
  server.get('/discovery/choose', async (request, reply) => {
    const organisation = onlyParameter(rawQueryOf(request.url), 'organisation') ?? '';
    const site = request.headers['sec-fetch-site'];
    // A link elsewhere must not choose for the person (threats K07): they get the page.
    const ours = site === undefined || site === 'same-origin';
    return sendFlow(request, reply, ours ? discovered(queryOf(request), organisation, browserOf(request), ports, ownEntityId) : discover(queryOf(request), browserOf(request), ports), tools);
  });
};
