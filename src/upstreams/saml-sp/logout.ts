/** Logout with an IdP, both ways [SAMLProf §4.4]: its demands and answers taken in, ours made. Every message must be signed (threats E08). */
import { fail } from '../../core/errors.ts';
import type { ServiceId } from '../../core/ids.ts';
import type { JsonValue } from '../../core/json.ts';
import { newXmlId } from '../../core/ports.ts';
import type { LogoutWish } from '../../login/logout-record.ts';
import type { UpstreamLogout } from '../../login/ports.ts';
import type { UpstreamFacts } from '../../login/transaction.ts';
import { methodIdOf } from '../../login/upstream-session.ts';
import { isSamlProvider, type Registry, type SamlProvider } from '../../parties/model.ts';
import { formFields, readPost } from '../../saml/bindings/post.ts';
import { readRedirect } from '../../saml/bindings/redirect.ts';
import { browserEndpoint, browserMessage, verifiedMessage } from '../../saml/bindings/verify.ts';
import { claimedIssuer } from '../../saml/messages/authn-request.ts';
import { checkLogout, isCompleteLogout, logoutEnds } from '../../saml/messages/logout-checks.ts';
import { logoutRequestNode, logoutResponseNode, readLogoutRequest, readLogoutResponse } from '../../saml/messages/logout.ts';
import { isSameName, type NameIdContent } from '../../saml/messages/name-id.ts';
import { logoutReasons } from '../../saml/names.ts';
import { readXml } from '../../saml/xml/index.ts';
import type { SamlUpstreamSettings } from './model.ts';

type Json = Readonly<Record<string, JsonValue>>;
/** What a login left behind: whom a logout must name, exactly as it was issued [SAMLCore §3.7.1]. */
interface LoginMemory { readonly nameId: NameIdContent; readonly sessionIndex: string | null }
const memoryOf = (memory: Json): LoginMemory => (typeof memory['nameId'] === 'object' && memory['nameId'] !== null ? (memory as unknown as LoginMemory) : fail('login.state', 'the session entry was not written by this adapter'));

/** Under which names the IdP may end this session: with its index, and by the name alone [SAMLCore §3.7.1]. */
const sessionKeys = ({ format, value }: NameIdContent, sessionIndexes: readonly string[]): readonly string[] =>
  (sessionIndexes.length === 0 ? ['*'] : sessionIndexes).map((index) => JSON.stringify([format, value, index]));
export const logoutMemory = (nameId: NameIdContent, sessionIndex: string | null): NonNullable<UpstreamFacts['session']> =>
  ({ keys: [...sessionKeys(nameId, []), ...(sessionIndex === null ? [] : sessionKeys(nameId, [sessionIndex]))], memory: { nameId: { ...nameId }, sessionIndex } });

/** How long the IdP may take the browser's word; people wait at slow pages. */
const REQUEST_MILLISECONDS = 300_000;

/** Undefined where the IdP publishes no way for a browser. */
export const samlLogout = ({ wire }: SamlProvider, settings: SamlUpstreamSettings): UpstreamLogout | undefined => {
  const asks = browserEndpoint(wire.singleLogoutServices);
  const answers = browserEndpoint(wire.singleLogoutServices, 'responseUrl');
  if (asks === undefined || answers === undefined) return undefined;
  return {
    urlOf: () => asks.url,
    carry: (memory, mark) => {
      const { nameId, sessionIndex } = memoryOf(memory);
      const now = settings.clock.now();
      const node = logoutRequestNode({ id: `_${mark}`, issueInstant: now, issuer: settings.entityId, destination: asks.url, notOnOrAfter: now + REQUEST_MILLISECONDS, reason: logoutReasons.user, nameId, sessionIndexes: sessionIndex === null ? [] : [sessionIndex] });
      return browserMessage(asks, 'request', node, mark, settings.signer);
    },
    isNamed: (memory, { subject, sessionIndexes }) => {
      const { nameId, sessionIndex } = memoryOf(memory);
      return isSameName(subject as unknown as NameIdContent, nameId) && (sessionIndexes.length === 0 || (sessionIndex !== null && sessionIndexes.includes(sessionIndex)));
    },
    answer: async ({ faceState }, end) => {
      const { requestId, relayState, answered } = faceState;
      if (typeof requestId !== 'string' || answered !== true) return null;
      const node = logoutResponseNode({ id: newXmlId(settings.random), issueInstant: settings.clock.now(), issuer: settings.entityId, destination: answers.url, inResponseTo: requestId, status: logoutEnds[end] });
      return browserMessage(answers, 'response', node, typeof relayState === 'string' ? relayState : null, settings.signer);
    },
  };
};

export type UpstreamLogoutMessage = { readonly binding: 'redirect'; readonly rawQuery: string } | { readonly binding: 'post'; readonly body: string; readonly rawQuery: string };
export type AcceptedUpstreamLogout =
  | { readonly kind: 'request'; readonly wish: LogoutWish }
  /** `mark`: the step that our request belonged to; the IdP behind `service` has signed. */
  | { readonly kind: 'answer'; readonly mark: string; readonly service: string; readonly succeeded: boolean };

const providerBehind = (entityId: string, registry: Registry): SamlProvider => {
  const found = [...registry.identityProviders.values()].filter(isSamlProvider).find(({ wire }) => wire.entityId === entityId);
  if (found === undefined) return fail('saml.service-unknown', 'no IdP has this entityID', { entityId });
  return found.enabled && registry.parties.get(found.party)?.enabled === true ? found : fail('upstream.disabled', 'the IdP or its party is switched off', { provider: found.id });
};

/** Errors: `binding.*`, `xml.*`, `signature.*`, `saml.*`, `upstream.disabled`. */
export const acceptUpstreamLogout = (message: UpstreamLogoutMessage, settings: SamlUpstreamSettings): AcceptedUpstreamLogout => {
  const bound = message.binding === 'redirect' ? readRedirect(message.rawQuery) : readPost({ fields: formFields(message.body), rawQuery: message.rawQuery });
  const document = readXml(bound.xml, 'message');
  const provider = providerBehind(claimedIssuer(document), settings.registry.current());
  const now = settings.clock.now();
  const { entityId, signingKeys } = provider.wire;
  const root = verifiedMessage(bound, document, { entityId, keys: signingKeys.map(({ key }) => key) }, { now, mustBeSigned: true });
  const aim = { urls: [settings.sloUrl], now, skewSeconds: settings.clockSkew };
  const service = methodIdOf(provider.id) as ServiceId;
  if (bound.kind === 'response') {
    const response = readLogoutResponse(root);
    checkLogout(response, aim);
    const mark = response.inResponseTo?.slice(1) ?? fail('saml.schema', 'LogoutResponse: InResponseTo is missing'); // [SAMLProf §4.4.4.2]
    return { kind: 'answer', mark, service, succeeded: isCompleteLogout(response.status) };
  }
  const request = readLogoutRequest(root);
  checkLogout(request, aim);
  const { nameId, sessionIndexes, asynchronous } = request;
  return {
    kind: 'request',
    wish: {
      asker: { protocol: 'upstream', service, faceState: { requestId: request.id, relayState: bound.relayState, answered: !asynchronous } },
      sessionIndexes, sessionKeys: sessionKeys(nameId, sessionIndexes), subject: { ...nameId }, ownSessionOnly: false,
    },
  };
};
