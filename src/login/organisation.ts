/** Choosing one's organisation: the list of those with a login of their own, and what the person chose. Which they are: providers.ts. */
import { fail } from '../core/errors.ts';
import { methodOptions } from './2-choose-method.ts';
import { updateTransaction } from './3-authenticate.ts';
import { enabledService } from './6-respond.ts';
import type { Browser, FlowReply, LoginPorts } from './context.ts';
import { ask, settle } from './flow.ts';
import type { Form } from './forms.ts';
import { checkFormToken } from './frame.ts';
import { isReply, open, redirectTo } from './login.ts';
import { organisationList } from './organisation-list.ts';
import { pathToProvider, providerHinted, providersFor } from './providers.ts';

/** GET /login/<id>/organisation?q=: the list, or what a search leaves of it; straight on where there is only one. */
export const showOrganisations = async (id: string, search: string, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const opened = await open(id, browser, ports);
  if (isReply(opened)) return opened;
  const { visit } = opened;
  return settle(visit, ports, () => {
    const { transaction } = visit;
    if (transaction.state !== 'accepted') return Promise.resolve(redirectTo(visit, ports));
    const { request, lastFailure } = transaction;
    const service = enabledService(request.slip, ports.registry.current());
    const providers = providersFor(request, service, ports);
    const [first, second] = providers;
    if (first === undefined) return fail('login.no-method', 'no organisation’s login reaches the level that is asked for');
    const direct = providerHinted(request, providers) ?? (second === undefined ? first : undefined);
    if (direct !== undefined && lastFailure === null) return Promise.resolve(redirectTo(visit, ports, pathToProvider(direct)));
    const others = methodOptions(request, service, ports, browser.lastMethod).filter(({ kind }) => kind !== 'upstream');
    return ask(visit, { kind: 'choose-organisation', list: organisationList(providers, search, browser, ports.registry.current()), others, failure: lastFailure }, ports);
  });
};

/** POST /login/<id>/organisation: `organisation`, or `forget` what this browser chose before and stay on the page that says so: `method` or this one. */
export const chooseOrganisationForm = async (id: string, form: Form, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const opened = await open(id, browser, ports);
  if (isReply(opened)) return opened;
  const { visit } = opened;
  return settle(visit, ports, async () => {
    const { transaction } = visit;
    if (transaction.state !== 'accepted') return redirectTo(visit, ports);
    checkFormToken(transaction, visit.secret, form.token);
    if (form.field('forget') !== '') return { ...redirectTo(visit, ports, form.field('forget') === 'method' ? 'method' : 'organisation'), cookies: [{ name: 'organisation', value: null }, { name: 'method', value: null }] };
    const chosen = providersFor(transaction.request, enabledService(transaction.request.slip, ports.registry.current()), ports).find((provider) => provider.id === form.field('organisation'));
    if (chosen === undefined) return fail('login.no-method', 'this organisation’s login is not offered here');
    await updateTransaction(transaction.id, ports, (current) => (current.state === 'accepted' && current.lastFailure !== null ? { ...current, lastFailure: null } : null));
    return { ...redirectTo(visit, ports, pathToProvider(chosen)), cookies: [{ name: 'organisation', value: chosen.id }] };
  });
};
