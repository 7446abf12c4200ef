/**
 * One directory made of several: for each kind of fact the sources that may answer, in order. The first that knows the post
 * wins; facts are never mixed within a kind. Which posts exist is the word of the first source for `post`; what other
 * sources say of further posts is left aside. A source that is away fails the question: facts that cannot be known are
 * not the same as facts that are not there (threats J05).
 */
import { fail } from '../core/errors.ts';
import type { FactKind } from './cache.ts';
import type { DirectoryPerson, Employment, FindOptions, PersonDirectory, PersonKey } from './model.ts';
import { sameHsaId } from '../core/ids.ts';

/** Names of sources, most trusted first. */
export type Precedence = Readonly<Record<FactKind, readonly string[]>>;

const ofKind: Readonly<Record<FactKind, (post: Employment) => Partial<Employment>>> = {
  post: ({ givenName, surname, organisation, title, mail, telephone, mobileTelephone, titleCodes, validFrom, validTo, feigned }) =>
    ({ givenName, surname, organisation, title, mail, telephone, mobileTelephone, titleCodes, validFrom, validTo, feigned }),
  commissions: ({ commissions }) => ({ commissions }),
  professional: ({ occupationalCodes, licences, licenceIdentityNumber, specialities, personalPrescriptionCode, groupPrescriptionCodes }) =>
    ({ occupationalCodes, licences, licenceIdentityNumber, specialities, personalPrescriptionCode, groupPrescriptionCodes }),
  roles: ({ systemRoles, authorizationScopes }) => ({ systemRoles, authorizationScopes }),
};
const nothing: Omit<Employment, 'hsaId'> = {
  givenName: '', surname: '', organisation: { name: '', number: '' as never, hsaId: null }, title: null, mail: null, telephone: null, mobileTelephone: null,
  titleCodes: [], occupationalCodes: [], licences: [], licenceIdentityNumber: null, specialities: [], personalPrescriptionCode: null, groupPrescriptionCodes: [],
  systemRoles: [], authorizationScopes: [], commissions: [], validFrom: null, validTo: null, feigned: false,
};

const mergePost = (post: Employment, answers: ReadonlyMap<string, DirectoryPerson | undefined>, precedence: Precedence): Employment => {
  const parts = (Object.keys(ofKind) as FactKind[]).map((kind) => {
    const source = precedence[kind].flatMap((name) => answers.get(name)?.employments.find(({ hsaId }) => sameHsaId(hsaId, post.hsaId)) ?? [])[0];
    return source === undefined ? {} : ofKind[kind](source);
  });
  return { ...nothing, ...Object.assign({}, ...parts) as Partial<Employment>, hsaId: post.hsaId };
};

/** Two sources that give one person two numbers speak of two people. */
const oneNumber = (people: readonly DirectoryPerson[]): DirectoryPerson['personalIdentityNumber'] => {
  const numbers = new Set(people.flatMap(({ personalIdentityNumber }) => personalIdentityNumber ?? []));
  if (numbers.size > 1) fail('directory.answer', 'two sources give the person different personal identity numbers');
  return [...numbers][0] ?? null;
};

export const combineDirectories = (sources: ReadonlyMap<string, PersonDirectory>, precedence: Precedence): PersonDirectory => {
  const used = [...new Set(Object.values(precedence).flat())];
  for (const name of used) if (!sources.has(name)) fail('directory.source', 'the order of precedence names a source that is not configured', { source: name });
  const leading = precedence.post[0] ?? fail('directory.source', 'no source is named for posts');
  // One source for everything: there is nothing to combine.
  const only = used.length === 1 ? sources.get(leading) : undefined;
  if (only !== undefined) return only;
  const ask = async (name: string, key: PersonKey, options: FindOptions | undefined): Promise<readonly [string, DirectoryPerson | undefined]> => [name, await sources.get(name)?.find(key, options)];
  return {
    find: async (key, options) => {
      const answers = new Map(await Promise.all(used.map((name) => ask(name, key, options))));
      const first = precedence.post.map((name) => answers.get(name)).find((person) => person !== undefined);
      if (first === undefined) return undefined;
      const people = [...answers.values()].filter((person) => person !== undefined);
      return {
        personalIdentityNumber: oneNumber(people),
        protectedPerson: people.some((person) => person.protectedPerson),
        employments: first.employments.map((post) => mergePost(post, answers, precedence)),
        asOf: Math.min(...people.map(({ asOf }) => asOf)),
        stale: people.some(({ stale }) => stale),
      };
    },
  };
};
