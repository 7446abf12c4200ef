/**
 * Our discovery service, for services that ask an IdP by themselves [IdPDisc §2.4]: which organisation, and nothing about the person.
 * The answer goes to an address of the service's metadata and nowhere else (threats K14). Does not own: logins through us (organisation.ts).
 */
import { fail } from '../core/errors.ts';
import type { EntityId } from '../core/ids.ts';
import { isSamlProvider, type Registry, type SamlProvider, type ServiceParty } from '../parties/model.ts';
import type { Browser, FlowReply, LoginPorts } from './context.ts';
import { askerOf, bareFrame, pageContent, reply } from './frame.ts';
import { organisationList } from './organisation-list.ts';
import { methodOf } from './upstream.ts';
import { methodIdOf } from './upstream-session.ts';

/** Parameters as they came; null where they did not. */
export interface DiscoveryQuery { readonly entityId: string | null; readonly returnUrl: string | null; readonly parameter: string | null; readonly policy: string | null; readonly passive: string | null; /** What the person looks for in our list. */ readonly search: string | null }
interface Discovery { readonly service: ServiceParty; readonly returnUrl: string; readonly parameter: string; readonly passive: boolean }

const SINGLE = 'urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol:single';
/** The service's own parameters may follow, for it adds them itself; nothing before them may differ by a letter. */
const isBelow = (wanted: string, published: string): boolean => wanted === published || wanted.startsWith(`${published}${published.includes('?') ? '&' : '?'}`);
/** Control characters, blanks and fragments would let one address read as two. */
const isPlain = (url: string): boolean => url.length <= 2048 && /^[\x21-\x7e]+$/.test(url) && !/[\\#<>"]/.test(url);

const accept = ({ entityId, returnUrl, parameter, policy, passive }: DiscoveryQuery, registry: Registry): Discovery => {
  const service = registry.servicesByEntityId.get((entityId ?? '') as EntityId);
  if (service?.wire.protocol !== 'saml') return fail('saml.service-unknown', 'no service has this entityID', { entityId: (entityId ?? '').slice(0, 200) });
  if (!service.enabled) return fail('service.disabled', 'the service is switched off', { service: service.id });
  if (registry.parties.get(service.party)?.enabled !== true) return fail('party.disabled', "the service's party is switched off", { party: service.party });
  if (policy !== null && policy !== SINGLE) return fail('web.parameter', 'a policy of discovery that is not known', { policy: policy.slice(0, 100) });
  if (passive !== null && passive !== 'true' && passive !== 'false') return fail('web.parameter', 'isPassive is neither true nor false');
  if (parameter !== null && !/^[A-Za-z][A-Za-z0-9_.-]{0,60}$/.test(parameter)) return fail('web.parameter', 'returnIDParam is no name of a parameter');
  const published = service.wire.discoveryResponses ?? [];
  const wanted = returnUrl ?? published[0] ?? fail('saml.return-address', 'the metadata has no DiscoveryResponse', { service: service.id });
  if (!isPlain(wanted) || !published.some((one) => isBelow(wanted, one))) return fail('saml.return-address', 'return is no DiscoveryResponse of the metadata', { service: service.id }); // [IdPDisc §2.5]
  const name = parameter ?? 'entityID';
  // [IdPDisc §2.4.1] the parameter must not be there already: the service would read the wrong one.
  if (new URL(wanted).searchParams.has(name)) return fail('web.parameter', 'return holds the parameter that the answer comes in');
  return { service, returnUrl: wanted, parameter: name, passive: passive === 'true' };
};

const back = ({ returnUrl, parameter }: Discovery, chosen: string | null): string =>
  chosen === null ? returnUrl : `${returnUrl}${returnUrl.includes('?') ? '&' : '?'}${parameter}=${encodeURIComponent(chosen)}`;
const providersOf = (ports: LoginPorts, { party }: ServiceParty): readonly SamlProvider[] =>
  [...ports.registry.current().identityProviders.values()].filter(isSamlProvider).filter(({ id }) => methodOf(methodIdOf(id), ports) !== undefined)
    .toSorted((a, b) => Number(b.party === party) - Number(a.party === party) || a.names.sv.localeCompare(b.names.sv, 'sv'));

/** GET /discovery: the list; without showing anything what this browser chose last, or nothing. */
export const discover = (query: DiscoveryQuery, browser: Browser, ports: LoginPorts): FlowReply => {
  const registry = ports.registry.current();
  const discovery = accept(query, registry);
  const providers = providersOf(ports, discovery.service);
  const remembered = providers.find(({ id }) => id === browser.lastOrganisation);
  if (discovery.passive) return reply({ kind: 'redirect', to: back(discovery, remembered?.wire.entityId ?? null) }, bareFrame(ports)); // [IdPDisc §2.4.1 isPassive]
  const asked = { entityID: discovery.service.wire.entityId, return: discovery.returnUrl, returnIDParam: discovery.parameter };
  return reply(pageContent({ kind: 'discovery', list: organisationList(providers, query.search ?? '', browser, registry), asked }), { ...bareFrame(ports), asker: askerOf(discovery.service, registry), support: registry.parties.get(discovery.service.party)?.support ?? ports.operatorSupport });
};

/** GET /discovery/choose: one of the list, from our own page. `organisation`: an IdP's id, or `here` for a login of our own (card or phone), `forget` for what this browser chose before. */
export const discovered = (query: DiscoveryQuery, organisation: string, browser: Browser, ports: LoginPorts, ownEntityId: string): FlowReply => {
  const discovery = accept(query, ports.registry.current());
  if (organisation === 'here') return reply({ kind: 'redirect', to: back(discovery, ownEntityId) }, bareFrame(ports));
  if (organisation === 'forget') return { ...discover({ ...query, passive: null }, { ...browser, lastOrganisation: null }, ports), cookies: [{ name: 'organisation', value: null }] };
  const chosen = providersOf(ports, discovery.service).find(({ id }) => id === organisation);
  // A list that changed meanwhile is shown anew.
  if (chosen === undefined) return discover({ ...query, passive: null }, browser, ports);
  return reply({ kind: 'redirect', to: back(discovery, chosen.wire.entityId) }, bareFrame(ports), [{ name: 'organisation', value: chosen.id }]);
};
