/** Who asks, whom to turn to, which token guards the form: the part of a page that depends on the login alone. */
import { fail } from '../core/errors.ts';
import { equalSecrets, hmac } from '../core/secrets.ts';
import type { PartyId, TransactionId } from '../core/ids.ts';
import type { LocalisedText } from '../core/locale.ts';
import type { Registry, ServiceParty, SupportContact } from '../parties/model.ts';
import type { FlowContent, FlowReply, CookieChange, FrameContext, LoginPorts } from './context.ts';
import type { Asker, Page } from './pages.ts';
import type { AnswerSlip, LoginTransaction } from './transaction.ts';
import { providerOf } from './upstream-session.ts';

export const pathOf = (id: TransactionId, rest = ''): string => `/login/${id}/${rest}`;

/** The application behind a local IdP that a request is for, where we know its name: the nearest the person. */
export const applicationBehind = ({ proxying }: Pick<ServiceParty, 'proxying'>, requesters: readonly string[]): string | undefined =>
  requesters.find((requester) => proxying?.requesters.get(requester)?.names != null);
export const namesBehind = ({ proxying }: Pick<ServiceParty, 'proxying'>, requesters: readonly string[] = []): readonly LocalisedText[] =>
  requesters.flatMap((requester) => proxying?.requesters.get(requester)?.names ?? []);
/** “<application> through <local IdP>”, where the service is one and its request names an application that we know. */
const nameOf = (service: ServiceParty, requesters: readonly string[]): LocalisedText => {
  const [application] = namesBehind(service, requesters);
  const { names } = service;
  return application === undefined ? names : { sv: `${application.sv} genom ${names.sv}`, en: `${application.en} through ${names.en}` };
};

export const askerOf = (service: ServiceParty, registry: Registry, requesters: readonly string[] = []): Asker => ({
  name: nameOf(service, requesters),
  logo: service.logo,
  partyName: registry.parties.get(service.party)?.displayName ?? '',
  homeUrl: service.homeUrl,
});

const supportOf = (party: PartyId | undefined, registry: Registry): SupportContact | undefined => (party === undefined ? undefined : registry.parties.get(party)?.support);

/** Whose login failed just now, where it was an organisation's own: their service desk can do something about it, the asking service's cannot. */
const partyThatFailed = (transaction: LoginTransaction, registry: Registry): PartyId | undefined =>
  transaction.state === 'accepted' && transaction.lastFailure?.startsWith('upstream.') === true && transaction.upstream != null
    ? registry.identityProviders.get(providerOf(transaction.upstream.method) ?? '')?.party
    : undefined;

/** Binds a form to the browser that holds the transaction's cookie and to the login's state; its second half to the list it shows. */
export const formToken = (transaction: LoginTransaction, secret: string, shown = ''): string => `${hmac(secret, 'form', transaction.id, transaction.state)}.${listTag(transaction, secret, shown)}`;
const listTag = (transaction: LoginTransaction, secret: string, shown: string): string => hmac(secret, 'list', transaction.id, shown);

/** [threats K07, J06] `shown` is given where the answer counts in a list: then the list must be the one that was shown. */
export const checkFormToken = (transaction: LoginTransaction, secret: string | null, token: string, shown?: string): void => {
  const [form = '', list = ''] = token.split('.', 2);
  const right = secret !== null && equalSecrets(form, hmac(secret, 'form', transaction.id, transaction.state));
  if (!right || (shown !== undefined && !equalSecrets(list, listTag(transaction, secret, shown)))) fail('web.form-foreign', 'form token missing, old, or of another page');
};

export const serviceOf = (transaction: LoginTransaction): AnswerSlip['service'] =>
  'request' in transaction ? transaction.request.slip.service : 'slip' in transaction ? transaction.slip.service : transaction.service;

export const frameOf = (ports: LoginPorts, transaction: LoginTransaction, options: { secret: string | null; shown?: string; personParty?: PartyId }): FrameContext => {
  const registry = ports.registry.current();
  const service = registry.services.get(serviceOf(transaction));
  return {
    asker: service === undefined ? null : askerOf(service, registry, 'request' in transaction ? transaction.request.proxying?.requesters : []),
    support: supportOf(options.personParty ?? partyThatFailed(transaction, registry), registry) ?? supportOf(service?.party, registry) ?? ports.operatorSupport,
    reference: transaction.reference,
    formToken: options.secret === null ? null : formToken(transaction, options.secret, options.shown),
    base: pathOf(transaction.id).slice(0, -1),
    locale: transaction.locale,
  };
};
export const bareFrame = (ports: LoginPorts): FrameContext => ({ asker: null, support: ports.operatorSupport, reference: null, formToken: null, base: null });

export const reply = (content: FlowContent, frame: FrameContext, cookies: readonly CookieChange[] = []): FlowReply => ({ content, frame, cookies });
export const pageContent = (page: Page, status = 200): FlowContent => ({ kind: 'page', page, status });
