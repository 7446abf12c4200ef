/**
 * hsa-ldap: people and commissions from an LDAP catalogue with HSA's schema or a local relative of it. Owns how a person is
 * looked up (facts: credentials §4.5); what differs between catalogues is settings.ts. Administrative commissions are not
 * in LDAP: combine with hsa-soap where services ask for them.
 */
import type { Entry } from 'ldapts';
import { fail } from '../../core/errors.ts';
import { sameHsaId, type HsaId } from '../../core/ids.ts';
import { answerFor } from '../answer.ts';
import { within } from '../deadline.ts';
import { ancestorsOf, normalDn, parentOf, unknownOrganisation } from '../dn.ts';
import type { Commission, DirectoryPerson, Employment, HealthcareProvider, PersonDirectory, PersonKey } from '../model.ts';
import { openConnections } from './connection.ts';
import { checkTemplate, fillFilter } from './filter.ts';
import { commissionOf, factOf, hsaIdOf, isOfClass, numberOf, organisationNumberOf, postOf, providerOf, unitOf, wantedAttributes, type Place } from './mapping.ts';
import type { LdapSearch, LdapSettings } from './settings.ts';

const MOST_POSTS = 50;
const MOST_COMMISSIONS = 500;
const MOST_PLACES = 5_000;

export interface LdapDirectory extends PersonDirectory { close(): Promise<void> }

class Lookup {
  private readonly settings: LdapSettings;
  private readonly connections;
  /** Units, providers and organisations are shared by many: remembered by DN. */
  private readonly places = new Map<string, { readonly until: number; readonly entry: Promise<Entry | undefined> }>();

  constructor(settings: LdapSettings) {
    this.settings = settings;
    this.connections = openConnections(settings.server);
  }
  close(): Promise<void> { return this.connections.close(); }

  private async search({ bases, filter }: LdapSearch, value: string, most: number): Promise<readonly Entry[]> {
    const found = await Promise.all(bases.map((base) => this.connections.search(base, { scope: 'sub', filter: fillFilter(filter, value), attributes: wantedAttributes(this.settings) }, most)));
    const entries = found.flat();
    if (entries.length > most) fail('directory.answer', 'the directory answered with more entries than one person can have', { most });
    return entries;
  }
  /** The entry itself, or undefined where there is none or it may not be read. */
  private at(dn: string): Promise<Entry | undefined> {
    const now = this.settings.clock.now();
    const key = normalDn(dn);
    const known = this.places.get(key);
    if (known !== undefined && now < known.until) return known.entry;
    const entry = this.connections.search(dn, { scope: 'base', attributes: wantedAttributes(this.settings) }, 1).then((entries) => entries[0]);
    if (this.places.size >= MOST_PLACES) this.places.clear();
    this.places.set(key, { until: now + this.settings.placeSeconds * 1000, entry });
    entry.catch(() => this.places.delete(key));
    return entry;
  }

  /** The nearest organisation above; the catalogue's own number, else the one configured for its DN. Never from the HSA-id's prefix. */
  private async organisationOf(dn: string): Promise<Employment['organisation']> {
    const { organisations } = this.settings;
    for (const above of ancestorsOf(dn)) {
      const configured = organisations.find((organisation) => normalDn(organisation.dn) === normalDn(above));
      const entry = await this.at(above);
      const isOrganisation = entry !== undefined && isOfClass(entry, 'organisation', this.settings);
      const number = configured?.number ?? (isOrganisation ? organisationNumberOf(entry, this.settings) : null);
      if (number === null) continue;
      const name = configured?.name ?? (entry === undefined ? '' : (factOf(entry, 'organisationName', this.settings)[0] ?? ''));
      return { name, number, hsaId: entry === undefined ? null : (hsaIdOf(entry, this.settings) ?? null) };
    }
    return unknownOrganisation;
  }

  /** The provider that the unit names, else the nearest above that is one. */
  private async providerAbove(unit: Entry | undefined, dn: string): Promise<HealthcareProvider | undefined> {
    const { settings } = this;
    const named = unit === undefined ? undefined : factOf(unit, 'responsibleProvider', settings)[0];
    if (named !== undefined && settings.providers !== null) {
      const [entry, ...more] = (await this.search(settings.providers, named, MOST_POSTS)).filter((candidate) => sameHsaId(hsaIdOf(candidate, settings) ?? ('' as HsaId), named as HsaId));
      return entry === undefined || more.length > 0 ? undefined : providerOf(entry, settings);
    }
    for (const above of ancestorsOf(dn)) {
      const entry = await this.at(above);
      if (entry !== undefined && isOfClass(entry, 'provider', settings)) return providerOf(entry, settings);
    }
    return undefined;
  }
  /** A commission is a child of its unit, or of its provider when it lies directly under it. */
  private async placeOf(commission: Entry): Promise<Place | undefined> {
    const { settings } = this;
    const above = parentOf(commission.dn);
    const entry = above === undefined ? undefined : await this.at(above);
    if (entry === undefined || above === undefined) return undefined;
    const pharmacy = factOf(entry, 'pharmacy', settings)[0] ?? null;
    if (isOfClass(entry, 'provider', settings)) {
      const provider = providerOf(entry, settings);
      return provider === undefined ? undefined : { unit: null, provider, pharmacy };
    }
    const [unit, provider] = [unitOf(entry, settings), await this.providerAbove(entry, above)];
    return unit === undefined || provider === undefined ? undefined : { unit, provider, pharmacy };
  }
  private async commissionsOf(member: HsaId): Promise<readonly Commission[]> {
    const { settings } = this;
    if (settings.commissions === null) return [];
    const entries = await this.search(settings.commissions, member, MOST_COMMISSIONS);
    const made = await Promise.all(entries.map(async (entry) => {
      const place = await this.placeOf(entry);
      return place === undefined ? undefined : commissionOf(entry, member, place, settings);
    }));
    return made.filter((commission) => commission !== undefined);
  }

  private async personOf(entries: readonly Entry[]): Promise<DirectoryPerson> {
    const { settings } = this;
    const numbers = new Set(entries.flatMap((entry) => numberOf(entry, settings) ?? []));
    if (numbers.size > 1) fail('directory.answer', 'the directory answered about more than one person'); // threats J03
    const posts = await Promise.all(entries.map(async (entry) => {
      const hsaId = hsaIdOf(entry, settings);
      return hsaId === undefined ? undefined : postOf(entry, await this.organisationOf(entry.dn), await this.commissionsOf(hsaId), settings);
    }));
    return {
      personalIdentityNumber: [...numbers][0] ?? null, protectedPerson: entries.some((entry) => isOfClass(entry, 'protectedPerson', settings)),
      employments: posts.filter((post) => post !== undefined), asOf: settings.clock.now(), stale: false,
    };
  }
  /** All entries of the person: by HSA-id first one, then, by its number, its siblings. */
  private async entriesOf(key: PersonKey): Promise<readonly Entry[]> {
    const { settings } = this;
    if (key.kind === 'personal-identity-number') return this.search(settings.peopleByNumber, key.number, MOST_POSTS);
    const own = await this.search(settings.peopleByHsaId, key.hsaId, MOST_POSTS);
    const [entry, ...twins] = own;
    if (twins.length > 0) fail('directory.answer', 'the directory holds one HSA-id twice');
    if (entry !== undefined && !sameHsaId(hsaIdOf(entry, settings) ?? ('' as HsaId), key.hsaId)) fail('directory.answer', 'the directory answered about another HSA-id than asked'); // threats J03
    const number = entry === undefined ? null : numberOf(entry, settings);
    if (number === null) return own;
    const all = await this.search(settings.peopleByNumber, number, MOST_POSTS);
    return all.some(({ dn }) => normalDn(dn) === normalDn(entry?.dn ?? '')) ? all : own;
  }
  async find(key: PersonKey): Promise<DirectoryPerson | undefined> {
    const entries = await this.entriesOf(key);
    const person = entries.length === 0 ? undefined : await this.personOf(entries);
    const { clock, feigned } = this.settings;
    // An entry that is no post (a deleted person, no surname) is nobody to act as.
    const isPost = person !== undefined && (key.kind === 'hsa-id' ? person.employments.some(({ hsaId }) => sameHsaId(hsaId, key.hsaId)) : person.employments.length > 0);
    return isPost ? answerFor(key, person, clock.now(), feigned) : undefined;
  }
}

/** Errors at start: `directory.source` for settings that would bind anonymously, speak in the clear or match everybody. */
export const openLdapDirectory = (settings: LdapSettings): LdapDirectory => {
  for (const search of [settings.peopleByHsaId, settings.peopleByNumber, settings.commissions, settings.providers]) if (search !== null) checkTemplate(search.filter);
  const lookup = new Lookup(settings);
  return { find: (key) => within(settings.timeout, () => lookup.find(key)), close: () => lookup.close() };
};
