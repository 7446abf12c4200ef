/** The AuthnRequest to an IdP: conditions as strict as those that came, or stricter [SAMLCore §3.4.1.5.1]. */
import { rankOf } from '../../core/assurance.ts';
import { fail } from '../../core/errors.ts';
import type { ProtocolAnswer } from '../../core/http-types.ts';
import { newXmlId } from '../../core/ports.ts';
import type { UpstreamWish } from '../../login/ports.ts';
import type { SamlProvider } from '../../parties/model.ts';
import { browserEndpoint, browserMessage } from '../../saml/bindings/verify.ts';
import { authnRequestNode } from '../../saml/messages/write-authn-request.ts';
import { nameIdFormats } from '../../saml/names.ts';
import type { RequestMemory, SamlUpstreamSettings } from './model.ts';

/** Where the asker sets no limit: a municipality's own IdP and one behind it (facts: federation §5.1 P4). */
const PROXY_COUNT = 2;

/** Their names of every level that may answer; levels are ours, so each comparison becomes a list of exact ones [SAMLCore §3.3.2.2.1]. */
export const contextsFor = (levels: UpstreamWish['levels'], { trust }: SamlProvider): readonly string[] =>
  [...trust.levels].filter(([, level]) => levels.includes(level) && rankOf(level) <= rankOf(trust.highestLevel)).map(([uri]) => uri);

/** Transient where it can be had: the person is named by an attribute, and the name is needed for logout alone. */
const formatFor = ({ wire }: SamlProvider): string | null => {
  if (wire.leaveOut?.includes('name-id-policy') === true || wire.personAttribute.name === null) return null;
  return [nameIdFormats.transient, nameIdFormats.persistent].find((format) => wire.nameIdFormats.includes(format)) ?? null;
};

/** Errors: `upstream.unavailable`, `upstream.authn-context`, `upstream.proxy-count`, `upstream.provider-list`. */
export const startRequest = async (wish: UpstreamWish, provider: SamlProvider, settings: SamlUpstreamSettings): Promise<{ readonly answer: ProtocolAnswer; readonly memory: RequestMemory }> => {
  const { wire } = provider;
  const now = settings.clock.now();
  if (wire.validUntil !== null && wire.validUntil <= now) return fail('upstream.unavailable', "validUntil of the IdP's metadata has passed", { provider: provider.id }); // [SAMLMeta §2.3.2]
  const endpoint = browserEndpoint(wire.singleSignOnServices) ?? fail('upstream.unavailable', 'the IdP publishes no SingleSignOnService for Redirect or POST', { provider: provider.id });
  if (wish.proxyCount !== null && wish.proxyCount < 0) return fail('upstream.proxy-count', 'no IdP may stand between us and the person', { provider: provider.id }); // [SAMLCore §3.4.1.5.1]
  if (wish.providers.length > 0 && !wish.providers.includes(wire.entityId)) return fail('upstream.provider-list', 'IDPList does not name this IdP', { provider: provider.id }); // [SAMLCore §3.4.1.3]
  const possible = contextsFor(wish.levels, provider);
  if (possible.length === 0) return fail('upstream.authn-context', 'the IdP reaches no level that was asked for', { provider: provider.id });
  const leaveOut = wire.leaveOut ?? [];
  const contexts = leaveOut.includes('authn-context') ? [] : possible;
  const memory: RequestMemory = { provider: provider.id, entityId: wire.entityId, requestId: newXmlId(settings.random), sentAt: now, forced: wish.freshLoginRequired, passive: wish.noInteraction, contexts, nameIdFormat: formatFor(provider) };
  const node = authnRequestNode({
    id: memory.requestId, issueInstant: now, destination: endpoint.url, issuer: settings.entityId, acsUrl: settings.acsUrl,
    forceAuthn: wish.freshLoginRequired, isPassive: wish.noInteraction, nameIdFormat: memory.nameIdFormat, classRefs: contexts,
    scoping: leaveOut.includes('scoping') ? null : { proxyCount: wish.proxyCount ?? PROXY_COUNT, providers: wish.providers, requesters: wish.requesters },
    principalSelection: wish.principalSelection,
  });
  return { answer: await browserMessage(endpoint, 'request', node, wish.handle, settings.signer), memory };
};
