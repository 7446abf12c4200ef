/** The login's forms: what a person answers on a page. Every one checks that it is our page in this browser for this state and list. */
import { BrygganError } from '../core/errors.ts';
import { actFor, choiceOf, rememberedAfter } from './acting.ts';
import { transactionLine } from './audit-lines.ts';
import type { Browser, FlowReply, LoginPorts } from './context.ts';
import { checkFormToken, frameOf, reply } from './frame.ts';
import { advance, pick, settle, type Visit } from './flow.ts';
import { refuse } from './6-respond.ts';
import { updateTransaction } from './3-authenticate.ts';
import { isReply, open, redirectTo } from './login.ts';
import { rememberActing } from './single-sign-on.ts';
import type { AcceptedTransaction, AuthenticatedTransaction, FinishedTransaction, LoginTransaction } from './transaction.ts';

export interface Form { readonly token: string; readonly field: (name: string) => string }

/** A form that comes too late (double click, old tab) goes on to wherever the login stands now. */
const inState = async <S extends LoginTransaction['state']>(
  id: string, browser: Browser, ports: LoginPorts, state: S, work: (visit: Visit, transaction: Extract<LoginTransaction, { state: S }>) => Promise<FlowReply>,
): Promise<FlowReply> => {
  const opened = await open(id, browser, ports);
  if (isReply(opened)) return opened;
  const { visit } = opened;
  const { transaction } = visit;
  const isThere = (candidate: LoginTransaction): candidate is Extract<LoginTransaction, { state: S }> => candidate.state === state;
  return settle(visit, ports, async () => (isThere(transaction) ? work(visit, transaction) : redirectTo(visit, ports)));
};

/** Moves the stored transaction and goes on from there. */
const continueWith = async (visit: Visit, next: AuthenticatedTransaction, ports: LoginPorts): Promise<FlowReply> => {
  if (visit.version === null || !(await ports.stores.transactions.replace(next, visit.version))) return redirectTo(visit, ports);
  const moved: Visit = { ...visit, transaction: next, version: visit.version + 1 };
  return settle(moved, ports, () => advance(moved, ports));
};

export const chooseMethodForm = (id: string, form: Form, browser: Browser, ports: LoginPorts): Promise<FlowReply> =>
  inState(id, browser, ports, 'accepted', (visit) => {
    checkFormToken(visit.transaction, visit.secret, form.token);
    return Promise.resolve(redirectTo(visit, ports, `method/${encodeURIComponent(form.field('method'))}`));
  });

export const confirmSessionForm = (id: string, form: Form, browser: Browser, ports: LoginPorts): Promise<FlowReply> =>
  inState(id, browser, ports, 'accepted', async (visit) => {
    checkFormToken(visit.transaction, visit.secret, form.token);
    if (form.field('answer') === 'yes') return advance({ ...visit, confirmed: true }, ports);
    await updateTransaction(visit.transaction.id, ports, (current) => (current.state === 'accepted' ? { ...current, declinedSession: true } : null));
    return redirectTo(visit, ports);
  });

/** Commission or post: the index counts in the very list that the page showed; a list that changed meanwhile is shown anew. */
export const chooseActingForm = (id: string, form: Form, browser: Browser, ports: LoginPorts): Promise<FlowReply> =>
  inState(id, browser, ports, 'authenticated', async (visit, transaction) => {
    const asked = await actFor(transaction, browser, ports);
    if (asked.kind === 'chosen') return redirectTo(visit, ports);
    checkFormToken(transaction, visit.secret, form.token, asked.shown);
    const acting = choiceOf(asked, form.field('choice'));
    await rememberActing(transaction.session, transaction.acting, acting, ports);
    const answer = await continueWith(visit, { ...transaction, acting }, ports);
    return { ...answer, cookies: [...answer.cookies, { name: 'choices', value: rememberedAfter(transaction, acting, browser, ports) }] };
  });

export const releaseForm = (id: string, form: Form, browser: Browser, ports: LoginPorts): Promise<FlowReply> =>
  inState(id, browser, ports, 'authenticated', (visit, transaction) => {
    checkFormToken(visit.transaction, visit.secret, form.token);
    return form.field('answer') === 'yes' ? continueWith(visit, { ...transaction, releaseSeen: true }, ports) : cancel(visit, transaction, ports);
  });

export const cancelForm = async (id: string, form: Form, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const opened = await open(id, browser, ports);
  if (isReply(opened)) return opened;
  const { visit } = opened;
  const { transaction } = visit;
  return settle(visit, ports, async () => {
    if (transaction.state !== 'accepted' && transaction.state !== 'authenticated') return redirectTo(visit, ports);
    checkFormToken(visit.transaction, visit.secret, form.token);
    return cancel(visit, transaction, ports);
  });
};
/** The service gets the reason that stopped the person, if there was one, else that they changed their mind. */
const cancel = async (visit: Visit, transaction: AcceptedTransaction | AuthenticatedTransaction, ports: LoginPorts): Promise<FlowReply> => {
  const code = (transaction.state === 'accepted' ? transaction.lastFailure : null) ?? 'login.cancelled';
  const end: FinishedTransaction = { ...pick(transaction), state: 'cancelled', service: transaction.request.slip.service };
  if (visit.version === null || !(await ports.stores.transactions.replace(end, visit.version))) return redirectTo(visit, ports);
  await ports.audit.record(transactionLine('login.cancelled', transaction, { code }));
  const answer = await refuse(transaction.request.slip, new BrygganError(code, 'the person cancelled'), ports);
  const ended: Visit = { ...visit, transaction: end, version: visit.version + 1 };
  return answer === null ? redirectTo(ended, ports) : reply({ kind: 'answer', answer }, frameOf(ports, transaction, { secret: visit.secret }));
};
