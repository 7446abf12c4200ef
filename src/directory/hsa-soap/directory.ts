/**
 * hsa-soap: HSA's national services by RIV-TA 2.1. Owns which contracts are asked in which order and how their answers become one
 * person; contracts/ holds one file per service contract. Asked by HSA-id, the services tell of that post alone: the
 * personal identity number in the answer leads to the person's other posts.
 */
import { fail } from '../../core/errors.ts';
import { isHsaId, isPersonalIdentityNumber, sameHsaId } from '../../core/ids.ts';
import { answerFor } from '../answer.ts';
import { within } from '../deadline.ts';
import type { DirectoryPerson, PersonDirectory, PersonKey } from '../model.ts';
import { openSoapClient, type SoapClient } from './client.ts';
import { adminCredentials } from './contracts/admin-credentials.ts';
import type { Contract } from './contracts/contract.ts';
import { credentials } from './contracts/credentials.ts';
import { employee } from './contracts/employee.ts';
import { checkOverlap, credentialsOf, withAdministrative, withEmployee, type Credential } from './mapping.ts';
import type { SoapSettings } from './settings.ts';
import type { Reading } from './shape.ts';

export interface SoapDirectory extends PersonDirectory { close(): void }
type Call = (contract: Contract, key: PersonKey) => Promise<Reading>;

/** Every post must say whose it is, and all the same (threats J03); asked by HSA-id, the post itself answers for it. */
const checkOwner = (key: PersonKey, found: readonly Credential[]): void => {
  const right = key.kind === 'hsa-id' ? found.every(({ post }) => sameHsaId(post.hsaId, key.hsaId)) : found.every(({ number }) => number === key.number);
  if (!right) fail('directory.answer', 'the directory answered about another person than asked', { asked: key.kind });
};

const askFor = async (call: Call, key: PersonKey): Promise<readonly Credential[]> => {
  const found = credentialsOf(await call(credentials, key));
  checkOwner(key, found);
  return found;
};

const personFrom = (found: readonly Credential[], now: number): DirectoryPerson => ({
  personalIdentityNumber: found.find(({ number }) => number !== null)?.number ?? null,
  protectedPerson: found.some((each) => each.protectedPerson), employments: found.map(({ post }) => post), asOf: now, stale: false,
});

const lookUp = async (key: PersonKey, call: Call, settings: SoapSettings): Promise<DirectoryPerson | undefined> => {
  const [own] = key.kind === 'hsa-id' ? await askFor(call, key) : [];
  if (key.kind === 'hsa-id' && own === undefined) return undefined;
  const whole: PersonKey = own?.number == null ? key : { kind: 'personal-identity-number', number: own.number };
  const ask = async (contract: Contract, list: string, wanted: boolean): Promise<readonly Reading[]> => (wanted ? (await call(contract, whole)).all(list) : []);
  const [posts, employees, administrators] = await Promise.all([
    own !== undefined && whole === key ? [own] : askFor(call, whole),
    ask(employee, 'personInformation', settings.askEmployee), ask(adminCredentials, 'adminCredentialInformation', settings.askAdministrative),
  ]);
  if (posts.length === 0) return undefined;
  checkOverlap(employees, posts);
  checkOverlap(administrators, posts);
  const found = posts.map((credential) => withAdministrative(withEmployee(credential, employees, settings.organisations), administrators));
  return answerFor(key, personFrom(found, settings.clock.now()), settings.clock.now(), settings.feigned);
};

/** Only ids of the known forms are asked about: both or none of the two ends in a fault [HSA-TKB], and nothing else can be anybody. */
const isAskable = (key: PersonKey): boolean => (key.kind === 'hsa-id' ? isHsaId(key.hsaId, 'tolerant') : isPersonalIdentityNumber(key.number));

/** Errors at start: `directory.source` for settings that cannot work. */
export const openSoapDirectory = (settings: SoapSettings, client: SoapClient = openSoapClient(settings)): SoapDirectory => ({
  find: async (key) => {
    if (!isAskable(key)) return undefined;
    return within(settings.timeout, (signal) => lookUp(key, (contract, each) => client.call(contract, { key: each, searchBase: settings.searchBase, includeFeigned: settings.feigned === 'keep' }, signal), settings));
  },
  close: () => client.close(),
});
