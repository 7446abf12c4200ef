/** Step 2: can an earlier session answer, and if not, which methods may this service's people use at the level it asks for? */
import { answerLevel, rankOf } from '../core/assurance.ts';
import type { DirectoryPerson } from '../directory/model.ts';
import type { Registry, ServiceParty } from '../parties/model.ts';
import { lookUpIfThere } from './acting.ts';
import type { Browser, LoginPorts } from './context.ts';
import type { MethodOption } from './pages.ts';
import type { AuthenticationMethod } from './ports.ts';
import type { SsoSession } from '../sessions/ports.ts';
import { reuseOf } from './single-sign-on.ts';
import type { AcceptedRequest, ChosenMethod } from './transaction.ts';
import { mayAnswerOurselves } from './upstream.ts';

/** Methods switched on for the service and its party, in the party's order. */
export const methodsFor = (service: ServiceParty, registry: Registry, methods: LoginPorts['methods']): readonly AuthenticationMethod[] => {
  const party = registry.parties.get(service.party);
  const wanted = service.methods.length > 0 ? service.methods : (party?.methods ?? []);
  return wanted.flatMap((id) => methods.get(id) ?? []);
};

const reachesLevel = (method: AuthenticationMethod, request: AcceptedRequest, service: ServiceParty): boolean =>
  method.levels.some((level) => rankOf(level) >= rankOf(service.minimumLevel) && answerLevel(level, request.assurance ?? undefined, service.federation.assurance) !== undefined);

/** Every method with its reason when it cannot serve this request; last used first. */
export const methodOptions = (request: AcceptedRequest, service: ServiceParty, ports: LoginPorts, lastMethod: string | null): readonly MethodOption[] =>
  methodsFor(service, ports.registry.current(), ports.methods)
    .filter(({ kind }) => (kind === 'upstream' ? request.proxying?.proxyCount !== 0 : mayAnswerOurselves(request)))
    .map((method): MethodOption => ({ id: method.id, kind: method.kind, lastUsed: method.id === lastMethod, unavailable: reachesLevel(method, request, service) ? null : 'level', ...(method.names === undefined || method.names === null ? {} : { label: method.names }) }))
    .toSorted((a, b) => Number(b.lastUsed) - Number(a.lastUsed));

/** The browser's session, and what the person has said of it so far. */
export interface SessionWish { readonly declined: boolean; readonly confirmed: boolean; readonly session: SsoSession | undefined }
/** As the directory writes it; no name of a protected person on a page (threats J08); empty when there is none to show. */
export const shownName = (person: DirectoryPerson | undefined): string => {
  const [post] = person?.protectedPerson === false ? person.employments : [];
  return post === undefined ? '' : `${post.givenName} ${post.surname}`;
};

export const chooseMethod = async (request: AcceptedRequest, service: ServiceParty, browser: Browser, ports: LoginPorts, { declined, confirmed, session: found }: SessionWish): Promise<ChosenMethod> => {
  if (found !== undefined && !declined) {
    const reuse = await reuseOf(found, request, service, methodsFor(service, ports.registry.current(), ports.methods), ports);
    const { id, identity, acting } = found;
    const circles = reuse === 'reuse' && ports.pace.circles(id, service.id);
    if ((reuse === 'reuse' && !circles) || (reuse !== 'no' && confirmed)) return { kind: 'session', session: id, identity, acting };
    if (reuse !== 'no') return { kind: 'confirm-session', personName: shownName(await lookUpIfThere(identity, ports)), ...(circles ? { circles } : {}) };
  }
  return { kind: 'methods', methods: methodOptions(request, service, ports, browser.lastMethod).filter((option) => option.unavailable === null).map((option) => option.id) };
};
