/**
 * Step 3 with an app on a phone: the pages and answers of one order, in the browser that began it. The order is the method's
 * (ports.ts, `PhoneMethod`); here is what it means for the login. Nobody else's browser learns or changes anything (threats I03, I04).
 */
import type { ErrorCode } from '../core/error-catalogue.ts';
import { fail, isBrygganError } from '../core/errors.ts';
import { digestOf } from '../core/secrets.ts';
import { acceptIdentity, isReply, open, redirectTo, type Opened } from './login.ts';
import { isOfParty } from './1-accept.ts';
import { updateTransaction } from './3-authenticate.ts';
import { methodOptions } from './2-choose-method.ts';
import { enabledService } from './6-respond.ts';
import { identityFacts, transactionLine } from './audit-lines.ts';
import type { Browser, FlowReply, LoginPorts } from './context.ts';
import { settle, type Visit } from './flow.ts';
import { askerOf, checkFormToken, frameOf, pageContent, pathOf, reply } from './frame.ts';
import type { Form } from './forms.ts';
import type { OrderView, PhoneMethod } from './ports.ts';
import type { AcceptedTransaction } from './transaction.ts';

/** Orders that may begin in a minute for a person, in a login (which is one browser’s), at a service; from an address that is no party’s as many as logins (threats I06). */
const LIMITS = { person: 10, login: 10, service: 600 } as const;
const MAX_ADDRESS = 60;

interface PhoneVisit { readonly visit: Visit; readonly transaction: AcceptedTransaction; readonly version: number; readonly method: PhoneMethod; readonly methodId: string }
/** The login, in its own browser, while this method is offered to it; else the reply that says where it stands. */
const onPhone = async (id: string, methodId: string, browser: Browser, ports: LoginPorts, work: (phone: PhoneVisit) => Promise<FlowReply>): Promise<FlowReply> => {
  const opened = await open(id, browser, ports);
  if (isReply(opened)) return opened;
  const { visit, stored } = opened;
  return settle(visit, ports, () => {
    const phone = phoneOf(opened, methodId, ports);
    return phone === null ? Promise.resolve(redirectTo(visit, ports)) : work({ ...phone, version: stored.version });
  });
};
const phoneOf = ({ visit, stored }: Opened, methodId: string, ports: LoginPorts): PhoneVisit | null => {
  const { transaction } = visit;
  if (transaction.state !== 'accepted') return null;
  const service = enabledService(transaction.request.slip, ports.registry.current());
  const offered = methodOptions(transaction.request, service, ports, null).some((option) => option.id === methodId && option.unavailable === null);
  const method = ports.methods.get(methodId)?.phone;
  if (!offered || method === undefined) return fail('login.no-method', 'this method is not offered here', { method: methodId.slice(0, 40) });
  return { visit, transaction, version: stored.version, method, methodId };
};

const orderOf = ({ transaction, methodId }: PhoneVisit): string | null => (transaction.order?.method === methodId ? transaction.order.id : null);
const hereOf = ({ visit, methodId }: PhoneVisit): string => pathOf(visit.transaction.id, `phone/${methodId}`);
const setOrder = (phone: PhoneVisit, order: AcceptedTransaction['order'], ports: LoginPorts) =>
  updateTransaction(phone.transaction.id, ports, (current) => (current.state === 'accepted' ? { ...current, order } : null));
const others = ({ transaction }: PhoneVisit, ports: LoginPorts): string | null => {
  const service = enabledService(transaction.request.slip, ports.registry.current());
  return methodOptions(transaction.request, service, ports, null).filter((option) => option.unavailable === null).length > 1 ? pathOf(transaction.id, 'method') : null;
};

const startPage = (phone: PhoneVisit, failure: ErrorCode | null, browser: Browser, ports: LoginPorts): FlowReply =>
  reply(pageContent({ kind: 'phone-start', method: phone.methodId, onPhone: looksLikePhone(browser.userAgent), otherDevice: phone.method.otherDevice, failure, otherMethods: others(phone, ports) }), frameOf(ports, phone.transaction, { secret: phone.visit.secret }), phone.visit.cookies);
const looksLikePhone = (userAgent: string): boolean => /Android|iPhone|iPad|iPod|Mobile/.test(userAgent);
const waitingPage = (phone: PhoneVisit, view: Extract<OrderView, { state: 'pending' }>, ports: LoginPorts): FlowReply => {
  const here = hereOf(phone);
  const qr = view.qr === null ? null : `${here}/picture`;
  return reply(pageContent({ kind: 'phone', method: phone.methodId, device: view.device, hint: view.hint, secondsLeft: view.secondsLeft, startUrl: view.startUrl, picture: qr, statusUrl: `${here}/status`, otherMethods: others(phone, ports) }), frameOf(ports, phone.transaction, { secret: phone.visit.secret }), phone.visit.cookies);
};

/** What the person's app is told: one line, nothing that could be markup or turn the text around (threats I11). */
export const appText = (serviceName: string): string => {
  const plain = serviceName.normalize('NFC').replace(/[^\p{L}\p{N}\p{Pd} .,&()/]/gu, ' ').replace(/\s+/g, ' ').trim().slice(0, MAX_ADDRESS);
  return `Logga in i ${plain === '' ? 'tjänsten' : plain}`;
};

const lookAt = (phone: PhoneVisit, browser: Browser, ports: LoginPorts): Promise<OrderView | undefined> => {
  const order = orderOf(phone);
  return order === null ? Promise.resolve(undefined) : phone.method.look(order, { returnUrl: `${ports.settings.publicUrl}${hereOf(phone)}`, userAgent: browser.userAgent });
};
/** The order is over: its reason is told once, on the page that offers a new try. */
const ended = async (phone: PhoneVisit, code: ErrorCode, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const { changed } = await setOrder(phone, null, ports);
  if (changed !== null) await ports.audit.record(transactionLine('phone.refused', phone.transaction, { code, facts: { method: phone.methodId } }));
  return startPage(phone, code, browser, ports);
};
const completed = async (phone: PhoneVisit, view: Extract<OrderView, { state: 'complete' }>, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  await ports.audit.record(transactionLine('login.authenticated', phone.transaction, { person: view.identity.person, facts: { ...identityFacts(view.identity), browserAddress: browser.address, phoneAddress: view.deviceAddress } }));
  // The transaction moves once; whoever comes second finds it moved (threats I09).
  const answer = await acceptIdentity(phone.visit, phone.transaction, phone.version, { ...view.identity, phone: { browserAddress: browser.address, address: view.deviceAddress, name: view.deviceName } }, ports);
  await phone.method.forget(orderOf(phone) ?? '');
  return answer;
};

/** GET /login/<id>/phone/<method>: how it stands; also where the app leads back to. */
export const showPhone = (id: string, methodId: string, browser: Browser, ports: LoginPorts): Promise<FlowReply> =>
  onPhone(id, methodId, browser, ports, async (phone) => {
    const view = await lookAt(phone, browser, ports);
    if (view === undefined) return startPage(phone, orderOf(phone) === null ? null : 'mobile.expired', browser, ports);
    if (view.state === 'complete') return completed(phone, view, browser, ports);
    return view.state === 'failed' ? ended(phone, view.code, browser, ports) : waitingPage(phone, view, ports);
  });

/** POST …/start. A person is typed in only where the service has no picture. */
export const startPhone = (id: string, methodId: string, form: Form, browser: Browser, ports: LoginPorts): Promise<FlowReply> =>
  onPhone(id, methodId, browser, ports, async (phone) => {
    const { transaction, method, visit } = phone;
    checkFormToken(transaction, visit.secret, form.token);
    const device = form.field('device') === 'same' ? 'same' : 'other';
    const typed = personIn(form.field('person'));
    if (device === 'other' && method.otherDevice === 'none') return startPage(phone, 'login.no-method', browser, ports);
    const person = device === 'other' && method.otherDevice === 'identity' ? typed : null;
    if (person !== null && !method.isPerson(person)) return startPage(phone, 'mobile.unknown-user', browser, ports);
    if (!(await withinPace(transaction, person, browser.address, ports))) return startPage(phone, 'mobile.pace', browser, ports);
    const earlier = orderOf(phone);
    if (earlier !== null) await method.cancel(earlier);
    const registry = ports.registry.current();
    const service = registry.services.get(transaction.request.slip.service);
    const order = await startedOrAway(method.start({ transaction: transaction.id, device, person, address: browser.address, text: appText(service === undefined ? '' : askerOf(service, registry, transaction.request.proxying?.requesters).name.sv) }), phone, ports);
    if (order === null) return startPage(phone, 'mobile.unavailable', browser, ports);
    await setOrder(phone, { id: order, method: methodId }, ports);
    return reply({ kind: 'redirect', to: hereOf(phone) }, frameOf(ports, transaction, { secret: visit.secret }), [{ name: 'method', value: methodId }]);
  });
/** A service that is away is said on the page that offers every other way (threats I12). */
const startedOrAway = async (starting: Promise<string>, { transaction, methodId }: PhoneVisit, ports: LoginPorts): Promise<string | null> => {
  try {
    return await starting;
  } catch (error) {
    if (!isBrygganError(error) || error.code !== 'mobile.unavailable') throw error;
    ports.log.error({ code: error.code, detail: error.detail, method: methodId }, 'the service of a phone cannot be reached');
    await ports.audit.record(transactionLine('phone.refused', transaction, { code: error.code, facts: { ...error.facts, method: methodId, detail: error.detail } }));
    return null;
  }
};
/** A personal identity number is also written with a hyphen; an HSA-id is one. */
const personIn = (field: string): string => {
  const text = field.slice(0, 60).replace(/\s/g, '').toUpperCase();
  return /^\d{8}-\d{4}$/.test(text) ? text.replace('-', '') : text;
};
const withinPace = async ({ id, request }: AcceptedTransaction, person: string | null, address: string, ports: LoginPorts): Promise<boolean> => {
  const counts = await Promise.all([
    person === null ? 0 : ports.stores.rates.increment('phone-person', digestOf(person), 60),
    ports.stores.rates.increment('phone-login', id, 60), ports.stores.rates.increment('phone-service', request.slip.service, 60),
    isOfParty(address, ports) ? 0 : ports.stores.rates.increment('phone-address', address, 60),
  ]);
  return counts[0] <= LIMITS.person && counts[1] <= LIMITS.login && counts[2] <= LIMITS.service && counts[3] <= ports.settings.startsPerMinute;
};

/** POST …/cancel: back to the start of this method. */
export const cancelPhone = (id: string, methodId: string, form: Form, browser: Browser, ports: LoginPorts): Promise<FlowReply> =>
  onPhone(id, methodId, browser, ports, async (phone) => {
    checkFormToken(phone.transaction, phone.visit.secret, form.token);
    const order = orderOf(phone);
    if (order !== null) await phone.method.cancel(order);
    await setOrder(phone, null, ports);
    return reply({ kind: 'redirect', to: hereOf(phone) }, frameOf(ports, phone.transaction, { secret: phone.visit.secret }));
  });

/** What the page's script asks for. `next`: somewhere else to go now; `moved`: another tab went on with the login. */
export type PhoneStatus =
  | { readonly kind: 'pending'; readonly hint: string; readonly secondsLeft: number; readonly picture: string | null }
  | { readonly kind: 'next'; readonly to: string }
  | { readonly kind: 'moved' }
  | { readonly kind: 'unknown' };
export const phoneStatus = async (id: string, methodId: string, browser: Browser, ports: LoginPorts): Promise<PhoneStatus> => {
  const opened = await open(id, browser, ports);
  if (isReply(opened)) return { kind: 'unknown' };
  const phone = phoneOf(opened, methodId, ports);
  if (phone === null) return { kind: 'moved' };
  const view = await lookAt(phone, browser, ports);
  return view?.state === 'pending' ? { kind: 'pending', hint: view.hint, secondsLeft: view.secondsLeft, picture: view.qr === null ? null : `${hereOf(phone)}/picture` } : { kind: 'next', to: hereOf(phone) };
};
/** Text of the picture as it is this second; null when there is none to show. */
export const phonePicture = async (id: string, methodId: string, browser: Browser, ports: LoginPorts): Promise<string | null> => {
  const opened = await open(id, browser, ports);
  const phone = isReply(opened) ? null : phoneOf(opened, methodId, ports);
  const view = phone === null ? undefined : await lookAt(phone, browser, ports);
  return view?.state === 'pending' ? view.qr : null;
};
