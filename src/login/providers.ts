/** Which IdPs a login may go to, which one it is when there is nothing to choose, and which one this browser chose last. */
import { answerLevel, rankOf } from '../core/assurance.ts';
import type { IdentityProvider, ServiceParty } from '../parties/model.ts';
import type { Browser, LoginPorts } from './context.ts';
import { methodOptions } from './2-choose-method.ts';
import type { MethodOption, Page } from './pages.ts';
import type { UpstreamMethod } from './ports.ts';
import type { AcceptedRequest, AcceptedTransaction } from './transaction.ts';
import { methodOf, scopingRefusal } from './upstream.ts';
import { methodIdOf } from './upstream-session.ts';

const entityIdOf = ({ wire }: IdentityProvider): string => (wire.protocol === 'saml' ? wire.entityId : wire.issuer);
/** Switched on, allowed by the request, and able to reach the level it asks for; the service's own party's first, then by name. */
export const providersFor = (request: AcceptedRequest, service: ServiceParty, ports: LoginPorts): readonly IdentityProvider[] =>
  [...ports.registry.current().identityProviders.values()].filter((provider) => {
    const method = methodOf(methodIdOf(provider.id), ports);
    return method !== undefined && scopingRefusal(request, provider) === null
      && method.levels.some((level) => rankOf(level) >= rankOf(service.minimumLevel) && answerLevel(level, request.assurance ?? undefined, service.federation.assurance) !== undefined);
  }).toSorted((a, b) => Number(b.party === service.party) - Number(a.party === service.party) || a.names.sv.localeCompare(b.names.sv, 'sv'));

/** The one IdP that the request names, or leaves where it leaves no login of our own: there is nothing to choose. `hint`: an entityID, a party, a domain or an address of mail. */
export const providerHinted = (request: AcceptedRequest, providers: readonly IdentityProvider[]): IdentityProvider | undefined => {
  const hint = request.organisationHint?.toLowerCase();
  const domain = hint?.slice(hint.lastIndexOf('@') + 1);
  const named = hint === undefined ? [] : providers.filter((provider) => entityIdOf(provider).toLowerCase() === hint || provider.party === hint || provider.domains.includes(domain ?? ''));
  const [only, more] = named.length > 0 ? named : request.proxying?.ourselves === false ? providers : [];
  return more === undefined ? only : undefined;
};

export interface StraightWay { readonly method: string; readonly row: string; readonly upstream: UpstreamMethod }
/** Where the browser goes without being asked: the IdP that is named, or the only one where there is no other way in. Never after a failure, or for "somebody else". */
export const straightTo = ({ request, lastFailure, declinedSession }: AcceptedTransaction, usable: readonly string[], service: ServiceParty, ports: LoginPorts): StraightWay | undefined => {
  const row = usable.find((id) => ports.methods.get(id)?.kind === 'upstream');
  if (row === undefined || lastFailure !== null || declinedSession) return undefined;
  const providers = providersFor(request, service, ports);
  const only = usable.length === 1 && providers.length === 1 ? providers[0] : undefined;
  const provider = providerHinted(request, providers) ?? only;
  const method = provider === undefined ? undefined : methodIdOf(provider.id);
  const upstream = method === undefined ? undefined : methodOf(method, ports)?.upstream;
  return method === undefined || upstream === undefined ? undefined : { method, row, upstream };
};

/** The row "my organisation's login" becomes the only organisation that there is, or the one that this browser chose last, with the way to the others below it; it goes where there is none. */
const withNames = (options: readonly MethodOption[], request: AcceptedRequest, service: ServiceParty, browser: Browser, ports: LoginPorts): readonly MethodOption[] => {
  const providers = providersFor(request, service, ports);
  const remembered = providers.find(({ id }) => id === browser.lastOrganisation);
  const named = providers.length === 1 ? providers[0] : remembered;
  return options.flatMap((option): readonly MethodOption[] => {
    if (option.kind !== 'upstream' || option.unavailable !== null) return [option];
    if (named === undefined) return providers.length === 0 ? [] : [option];
    const first = { ...option, id: methodIdOf(named.id), label: named.names };
    return providers.length === 1 ? [first] : [first, { ...option, lastUsed: false, other: true }];
  });
};
/** The chooser's page. `remembered` where one of its rows is there for what this browser chose before. */
export const methodPage = ({ request, lastFailure }: AcceptedTransaction, service: ServiceParty, browser: Browser, ports: LoginPorts): Extract<Page, { kind: 'choose-method' }> => {
  const methods = withNames(methodOptions(request, service, ports, browser.lastMethod), request, service, browser, ports);
  return { kind: 'choose-method', methods, failure: lastFailure, cancellable: true, remembered: methods.some(({ other }) => other === true) };
};
/** After a failure, below the login's own address: the same again (an organisation's own login at once, not the list), and what else there is. */
export const waysOn = ({ request, lastFailure, upstream }: AcceptedTransaction, [first, ...more]: readonly [string, ...string[]], service: ServiceParty, ports: LoginPorts): { readonly again: string; readonly others: 'method' | 'organisation' | null } => {
  const providers = lastFailure?.startsWith('upstream.') === true && upstream != null && ports.methods.get(first)?.kind === 'upstream' ? providersFor(request, service, ports) : [];
  const same = providers.find(({ id }) => methodIdOf(id) === upstream?.method);
  return { again: same === undefined ? `method/${first}` : pathToProvider(same), others: more.length > 0 ? 'method' : same !== undefined && providers.length > 1 ? 'organisation' : null };
};
/** Below the login's own address: where the browser goes to be sent to this IdP. */
export const pathToProvider = ({ id }: IdentityProvider): string => `method/${encodeURIComponent(methodIdOf(id))}`;
