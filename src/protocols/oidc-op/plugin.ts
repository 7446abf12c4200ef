/** Routes of the OpenID Connect face. oidc-provider reads and answers raw requests; what a person sees goes out like every page. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fail } from '../../core/errors.ts';
import type { PostForm } from '../../core/http-types.ts';
import type { FlowReply } from '../../login/context.ts';
import type { Arrival } from '../../login/ports.ts';
import { Exchange, inExchange, type Peer } from './exchange.ts';
import { paths } from './provider.ts';

/** Whose request was refused, where, and from which address. */
export interface OidcRefusal { readonly client: string | null; readonly endpoint: string; readonly address: string }
export interface OidcRouteOptions {
  /** oidc-provider's request listener. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Hands a verified request to the flow. */
  readonly arrive: (arrival: Arrival, transport: 'same-site-cookies' | 'cross-site-post', request: FastifyRequest) => Promise<FlowReply>;
  readonly send: (request: FastifyRequest, reply: FastifyReply, flow: FlowReply) => FastifyReply;
  /** A refusal that leaves as a form post, with our page around it. */
  readonly sendForm: (request: FastifyRequest, reply: FastifyReply, form: PostForm) => FastifyReply;
  /** Puts a refusal on record that oidc-provider made by itself. */
  readonly noteRefusal: (error: Error, refusal: OidcRefusal) => Promise<void>;
  /** `text`: raw query or body of the end session endpoint. */
  readonly endSession: (text: string, transport: 'same-site-cookies' | 'cross-site-post', request: FastifyRequest) => Promise<FlowReply>;
  /** Who read our keys. */
  readonly observe?: (request: FastifyRequest) => void;
  /** Whom the connection proved; always null on the public listener. */
  readonly peerOf: (request: FastifyRequest) => Promise<Peer | null>;
}

const hiddenFields = (html: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"\/>/g)].map(([, name = '', value = '']) => [name, unescaped(value)]));
const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
const unescaped = (text: string): string => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);
const actionOf = (html: string): string => unescaped(/<form method="post" action="([^"]*)"/.exec(html)?.[1] ?? '');
const clientNamed = (request: FastifyRequest): string | null => new URLSearchParams(request.url.split('?', 2)[1] ?? '').get('client_id');

/** What oidc-provider would have answered to the browser by itself: a refusal at the client's verified address. */
const passOn = (exchange: Exchange, request: FastifyRequest, reply: FastifyReply, { sendForm }: OidcRouteOptions): FastifyReply => {
  const { location, body: html } = exchange.prepared ?? { location: '', body: '' };
  if (location !== '') return reply.code(303).header('location', location).header('cache-control', 'no-store').send();
  const form: PostForm = { kind: 'post-form', action: actionOf(html), fields: hiddenFields(html) };
  return form.action === '' ? fail('internal', 'the authorization endpoint came to no answer') : sendForm(request, reply, form);
};

const authorize = async (request: FastifyRequest, reply: FastifyReply, options: OidcRouteOptions): Promise<FastifyReply> => {
  const transport = request.method === 'POST' ? 'cross-site-post' : 'same-site-cookies';
  const exchange = new Exchange((arrival) => options.arrive(arrival, transport, request), null);
  const headers = reply.raw.getHeaderNames();
  await inExchange(exchange, () => options.handle(request.raw, reply.raw));
  // What was prepared for an answer that is not sent.
  for (const name of reply.raw.getHeaderNames()) if (!headers.includes(name)) reply.raw.removeHeader(name);
  if (exchange.reply !== null) return options.send(request, reply, exchange.reply);
  if (exchange.failure !== null) throw exchange.failure;
  if (exchange.refusal !== null) await options.noteRefusal(exchange.refusal, { client: clientNamed(request), endpoint: 'authorize', address: request.ip });
  return passOn(exchange, request, reply, options);
};

type ServeOptions = Pick<OidcRouteOptions, 'handle' | 'noteRefusal' | 'peerOf'>;
const serve = (endpoint: string, options: ServeOptions) => async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
  const exchange = new Exchange(null, await options.peerOf(request));
  reply.raw.setHeader('x-content-type-options', 'nosniff');
  void reply.hijack();
  await inExchange(exchange, () => options.handle(request.raw, reply.raw));
  if (exchange.refusal !== null) await options.noteRefusal(exchange.refusal, { client: null, endpoint, address: request.ip });
  return reply;
};

/** oidc-provider reads bodies itself, of at most 56 kB, and refuses what is there twice. */
const rawBodies = (scope: FastifyInstance): void => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
};
const endpointsOfClients = { token: paths.token, introspect: paths.introspect, revoke: paths.revoke, push: paths.push } as const;
/** What clients call without a browser: the same on the public and on the machine listener. */
const routeClients = (scope: FastifyInstance, options: ServeOptions): void => {
  scope.route({ method: ['GET', 'POST'], url: paths.userinfo, handler: serve('userinfo', options) });
  for (const [endpoint, url] of Object.entries(endpointsOfClients)) scope.post(url, serve(endpoint, options));
};
/** [RFC 8705 §5] */
export const mutualTlsAliases = (url: string): Readonly<Record<string, string>> => ({
  token_endpoint: `${url}${paths.token}`, userinfo_endpoint: `${url}${paths.userinfo}`, introspection_endpoint: `${url}${paths.introspect}`, revocation_endpoint: `${url}${paths.revoke}`, pushed_authorization_request_endpoint: `${url}${paths.push}`,
});
/** The machine listener: nothing for a browser. */
export const registerMachine = (server: FastifyInstance, options: ServeOptions): void => {
  rawBodies(server);
  routeClients(server, options);
};

export const registerOidc = (server: FastifyInstance, options: OidcRouteOptions): void => {
  server.get(paths.endSession, async (request, reply) => options.send(request, reply, await options.endSession(request.url.split('?', 2)[1] ?? '', 'same-site-cookies', request)));
  server.post(paths.endSession, async (request, reply) => options.send(request, reply, await options.endSession(typeof request.body === 'string' ? request.body : '', 'cross-site-post', request)));
  void server.register((scope, _options, done) => {
    rawBodies(scope);
    scope.route({ method: ['GET', 'POST'], url: paths.authorize, handler: (request, reply) => authorize(request, reply, options) });
    for (const url of [paths.discovery, '/.well-known/oauth-authorization-server']) scope.get(url, serve('discovery', options));
    const keys = serve('discovery', options);
    scope.get(paths.jwks, (request, reply) => {
      options.observe?.(request);
      return keys(request, reply);
    });
    routeClients(scope, options);
    done();
  });
};
