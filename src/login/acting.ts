/**
 * Around step 4: fetches the person, keeps only employments of our parties, asks 4-choose-commission.ts for the least choice,
 * and turns an open choice into a page. What was chosen before at this browser for this service is offered first.
 */
import { fail, isBrygganError } from '../core/errors.ts';
import type { PartyId } from '../core/ids.ts';
import type { Instant } from '../core/ports.ts';
import { hmac } from '../core/secrets.ts';
import type { DirectoryPerson } from '../directory/model.ts';
import { factsOf } from '../attributes/values.ts';
import type { Registry } from '../parties/model.ts';
import { speaksForOrganisation } from '../parties/upstream-trust.ts';
import type { ActingPerson } from './acting-person.ts';
import { chooseActing } from './4-choose-commission.ts';
import type { Browser, LoginPorts } from './context.ts';
import type { Page } from './pages.ts';
import type { ActingChoice, AuthenticatedTransaction, VerifiedIdentity } from './transaction.ts';

export type Acting =
  | { readonly kind: 'chosen'; readonly acting: ActingPerson; readonly choice: ActingChoice; readonly party: PartyId }
  | { readonly kind: 'ask'; readonly page: Page; readonly shown: string; readonly options: readonly ActingChoice[] };

const partyOf = (organisation: string, registry: Registry): PartyId | undefined => {
  const party = registry.partiesByOrganisation.get(organisation as never);
  return party?.enabled === true ? party.id : undefined;
};

/** A person's party is the directory's organisation, never the HSA-id's prefix; others' people are refused (threats H14). */
export const ofOurParties = (person: DirectoryPerson, registry: Registry): DirectoryPerson => {
  const employments = person.employments.filter((post) => partyOf(post.organisation.number, registry) !== undefined);
  if (person.employments.length === 0) fail('employee.none', 'the directory knows the person but no valid post');
  if (employments.length === 0) fail('directory.organisation', 'no post of the person belongs to an enabled party or its affiliates');
  return { ...person, employments };
};

/** What may be told of somebody, to themselves too: nothing that the IdP of the login does not speak for. Undefined: nothing at all. */
export const withinLogin = (person: DirectoryPerson | undefined, { upstream }: Pick<VerifiedIdentity, 'upstream'>, registry: Registry): DirectoryPerson | undefined => {
  if (person === undefined || upstream === undefined) return person;
  const provider = registry.identityProviders.get(upstream.provider);
  if (upstream.directory === 'stands' || provider === undefined) return undefined;
  const employments = person.employments.filter((post) => speaksForOrganisation(provider, post.organisation.number));
  return employments.length === 0 ? undefined : { ...person, employments };
};
/** Does the directory know the person, and as others' alone? Where it is away, or the IdP's facts stand, later steps decide. */
export const isOthersPerson = async (identity: VerifiedIdentity, ports: Pick<LoginPorts, 'directory' | 'registry'>): Promise<boolean> => {
  if (identity.upstream === undefined || identity.upstream.directory === 'stands') return false;
  const person = await lookUpIfThere(identity, ports);
  return person !== undefined && person.employments.length > 0 && withinLogin(person, identity, ports.registry.current()) === undefined;
};

/** The level decides how old the facts may be while the directory is away. Errors: `directory.unavailable`, `directory.answer`. */
export const lookUp = ({ person, level }: VerifiedIdentity, ports: Pick<LoginPorts, 'directory'>): Promise<DirectoryPerson | undefined> => ports.directory.find(person, { level });
/** For pages that can do without: undefined also while the directory is away. */
export const lookUpIfThere = (identity: VerifiedIdentity, ports: Pick<LoginPorts, 'directory'>): Promise<DirectoryPerson | undefined> =>
  lookUp(identity, ports).catch((error: unknown) => { if (isBrygganError(error) && error.code.startsWith('directory.')) return undefined; throw error; });
/** Whose service desk somebody is sent to, once it is known who they are: their own party's, not the service's. */
export const personPartyOf = async ({ identity, acting }: Pick<AuthenticatedTransaction, 'identity' | 'acting'>, ports: Pick<LoginPorts, 'directory' | 'registry'>): Promise<PartyId | undefined> => {
  const posts = (await lookUpIfThere(identity, ports))?.employments ?? [];
  const own = posts.find(({ hsaId }) => hsaId === acting.employeeHsaId) ?? posts[0];
  return own === undefined ? undefined : partyOf(own.organisation.number, ports.registry.current());
};

/** When the directory said it, where it was away just now; null for facts that are as fresh as they should be. */
export const staleSinceOf = ({ acting: { person } }: Extract<Acting, { kind: 'chosen' }>): Instant | null => (person?.stale === true ? person.asOf : null);

const fingerprint = (transaction: AuthenticatedTransaction, choice: ActingChoice, ports: LoginPorts): string => {
  const { person } = transaction.identity;
  return hmac(ports.settings.secret, 'remember', person.kind === 'hsa-id' ? person.hsaId : person.number, transaction.request.slip.service, choice.employeeHsaId ?? '', choice.commissionHsaId ?? '').slice(0, 16);
};
const REMEMBERED = 20;
/** The marks that this browser keeps, newest first; a mark says nothing to whoever reads it. */
export const withMark = (mark: string, { rememberedChoices }: Browser): readonly string[] => [mark, ...rememberedChoices.filter((other) => other !== mark)].slice(0, REMEMBERED);
export const rememberedAfter = (transaction: AuthenticatedTransaction, choice: ActingChoice, browser: Browser, ports: LoginPorts): readonly string[] => withMark(fingerprint(transaction, choice, ports), browser);

/** Posts at organisations that the IdP of the login speaks for: what it says of others' people counts for nothing (threats D11). */
const ofProvider = (person: DirectoryPerson, identity: VerifiedIdentity, registry: Registry): DirectoryPerson =>
  withinLogin(person, identity, registry) ?? fail('upstream.person', 'the person has no post at an organisation that the IdP speaks for', { provider: identity.upstream?.provider ?? '' });
/** The IdP's own facts stand: nobody is looked up, and there is no post or commission to choose. */
const standing = ({ identity, request }: AuthenticatedTransaction, registry: Registry): Acting => {
  const provider = registry.identityProviders.get(identity.upstream?.provider ?? '') ?? fail('upstream.disabled', 'the IdP is gone');
  const acting: ActingPerson = { identity, person: null, employment: null, commission: null };
  const facts = factsOf(acting, { assuranceUri: '' });
  for (const [attribute, wanted] of Object.entries(request.preselection)) {
    if (!facts(attribute).includes(wanted)) fail('principal.mismatch', 'the IdP let in another person than the request names', { attribute }); // [SC-PSC]
  }
  return { kind: 'chosen', acting, choice: { employeeHsaId: null, commissionHsaId: null }, party: provider.party };
};

export const actFor = async (transaction: AuthenticatedTransaction, browser: Browser, ports: LoginPorts): Promise<Acting> => {
  const { identity, request } = transaction;
  if (identity.upstream?.directory === 'stands') return standing(transaction, ports.registry.current());
  const found = await lookUp(identity, ports);
  if (found === undefined) return fail('directory.person-unknown', 'the directory has no such person');
  const registry = ports.registry.current();
  const person = ofProvider(ofOurParties(found, registry), identity, registry);
  const wasChosen = (choice: ActingChoice): boolean => browser.rememberedChoices.includes(fingerprint(transaction, choice, ports));
  const outcome = chooseActing({ identity, person, requested: request.requestedAttributes, preselection: request.preselection, previousChoice: transaction.acting, remembered: wasChosen });
  if (outcome.kind !== 'chosen') {
    const shown = outcome.options.map(({ choice }) => `${choice.employeeHsaId ?? ''}/${choice.commissionHsaId ?? ''}`).join('|');
    const options = outcome.options.map(({ choice }) => choice);
    const page: Page = outcome.kind === 'ask-commission'
      ? { kind: 'choose-commission', options: outcome.options.map(({ option }) => option) }
      : { kind: 'choose-employee', options: outcome.options.map(({ option }) => option) };
    return { kind: 'ask', page, shown, options };
  }
  const { acting } = outcome;
  const party = partyOf((acting.employment ?? person.employments[0])?.organisation.number ?? '', registry);
  if (party === undefined) return fail('directory.organisation', 'the post acted under belongs to no enabled party');
  return { kind: 'chosen', acting, choice: { employeeHsaId: acting.employment?.hsaId ?? null, commissionHsaId: acting.commission?.hsaId ?? null }, party };
};

/** The option with this index in the list just computed; the form token has proved that it is the list shown (threats J06). */
export const choiceOf = (asked: Extract<Acting, { kind: 'ask' }>, index: string): ActingChoice => {
  const option = /^\d{1,3}$/.test(index) ? asked.options[Number(index)] : undefined;
  return option ?? fail('commission.choice', 'no option has this index');
};
