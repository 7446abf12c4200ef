import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../src/attributes/catalogue.ts';
import type { RequestedAttribute } from '../../src/attributes/model.ts';
import { acceptsCoordinationNumber, defaultReleasePolicy, entitlements, type ReleasePolicy, type ReleaseRule } from '../../src/attributes/policy.ts';
import { previewRelease, release, type ReleaseQuestion } from '../../src/attributes/release.ts';
import { acting, byHsaId, byNumber, commission, coordinationNumber, hsaId, person, post, unit } from '../directory/people.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { service, type ServiceGiven } from './service.ts';

const wish = (attribute: string, required = false): RequestedAttribute => ({ attribute, wireName: `urn:wire:${attribute}`, required });
const question = (attributes: readonly string[], given: ServiceGiven = {}, change: Partial<ReleaseQuestion> = {}): ReleaseQuestion => ({
  service: service(given), policy: defaultReleasePolicy, acting: acting(), requested: attributes.map((attribute) => wish(attribute)),
  context: { assuranceUri: 'http://id.sambi.se/loa/loa3', environment: 'test' }, ...change,
});
const decided = (asked: ReleaseQuestion): Readonly<Record<string, string>> => Object.fromEntries(previewRelease(asked).decisions.map(({ attribute, outcome, rule }) => [attribute, `${outcome}: ${rule}`]));

describe('deny by default', () => {
  it('releases what is asked for, allowed by the service file and voted for by a rule', () => {
    const released = release(question(['employeeHsaId', 'commissionPurpose']));
    expect(released.attributes).toEqual({ employeeHsaId: ['SE2321000131-POST1'], commissionPurpose: ['Vård och behandling'] });
    expect(released.decisions).toEqual([{ attribute: 'employeeHsaId', outcome: 'released', rule: 'ordinary-facts' }, { attribute: 'commissionPurpose', outcome: 'released', rule: 'ordinary-facts' }]);
  });
  it('releases nothing that was not asked for', () => expect(release(question([])).attributes).toEqual({}));
  it('releases nothing to a service whose file allows nothing', () => expect(decided(question(['employeeHsaId'], { allow: [] }))).toEqual({ employeeHsaId: 'held-back: service-not-allowed' }));
  it('releases nothing that no rule votes for', () => expect(decided(question(['employeeHsaId'], {}, { policy: { rules: [] } }))).toEqual({ employeeHsaId: 'held-back: policy-not-allowed' }));
  it("holds back what the service's file denies, whatever else allows it", () => {
    expect(decided(question(['mail', 'title'], { allow: ['*', 'mail'], deny: ['mail'] }))).toEqual({ mail: 'held-back: service-deny', title: 'released: ordinary-facts' });
  });
  it('holds back what one matching rule denies, whatever another allows', () => {
    const policy: ReleasePolicy = { rules: [...defaultReleasePolicy.rules, { id: 'no-mail-outside', when: { parties: ['ale' as never] }, deny: ['mail'] }] };
    expect(decided(question(['mail'], { party: 'ale' }, { policy }))).toEqual({ mail: 'held-back: no-mail-outside' });
    expect(decided(question(['mail'], { party: 'vgr' }, { policy }))).toEqual({ mail: 'released: ordinary-facts' });
  });
  it('tells an attribute without value from one held back', () => {
    const nobody = acting({ employment: post({ mail: null }) });
    expect(decided(question(['mail', 'gender'], {}, { acting: nobody }))).toEqual({ mail: 'no-value: ordinary-facts', gender: 'no-value: ordinary-facts' });
    expect(release(question(['mail'], {}, { acting: nobody })).attributes).toEqual({});
  });
  it('decides once about an attribute that is asked for by two names', () => {
    expect(release(question(['employeeHsaId', 'employeeHsaId'])).decisions).toHaveLength(1);
  });
  it('holds back an attribute that the catalogue does not know', () => expect(decided(question(['unheard-of', '__proto__']))).toEqual({ 'unheard-of': 'held-back: unknown-attribute' , ['__proto__']: 'held-back: unknown-attribute' }));
});

describe('conditions of a rule', () => {
  const only = (when: ReleaseRule['when']): ReleasePolicy => ({ rules: [{ id: 'r', when, allow: ['mail'] }] });
  const reached = (when: ReleaseRule['when'], given: ServiceGiven): boolean => decided(question(['mail'], given, { policy: only(when) }))['mail'] === 'released: r';
  it.each([
    ['party', { parties: ['vgr'] as never }, { party: 'vgr' }, { party: 'ale' }],
    ['federation', { federations: ['sambi'] }, { federation: 'sambi' }, { federation: 'inera' }],
    ['entity category', { entityCategories: ['urn:a', 'urn:b'] }, { categories: ['urn:b', 'urn:c'] }, { categories: ['urn:c'] }],
    ['service id', { services: ['vgr/journal'] as never }, { id: 'vgr/journal' }, { id: 'vgr/other' }],
    ['all of several', { federations: ['sambi'], entityCategories: ['urn:a'] }, { categories: ['urn:a'] }, { categories: [] }],
  ] as const)('%s: the rule reaches its service and no other', (_, when, inside, outside) => {
    expect([reached(when, inside), reached(when, outside)]).toEqual([true, false]);
  });
  it('an empty list is met by nobody', () => expect(reached({ parties: [] }, {})).toBe(false));
});

describe('personal identity number (threats E04)', () => {
  const pnr = 'http://id.elegnamnden.se/ec/1.0/loa3-pnr';
  const asked = (given: ServiceGiven) => decided(question(['personalIdentityNumber'], given))['personalIdentityNumber'];
  it('goes to a Sweden Connect service with the category, not to its twin without [SC-EC]', () => {
    const allow = ['personalIdentityNumber'];
    expect(asked({ federation: 'sweden-connect', categories: [pnr], allow })).toBe('released: number-by-category');
    expect(asked({ federation: 'sweden-connect', categories: [], allow })).toBe('held-back: policy-not-allowed');
  });
  it('must be named in the service file: the star does not reach it', () => {
    expect(asked({ allow: ['*', 'personalIdentityNumber'] })).toBe('released: number-by-agreement');
    expect(asked({ allow: ['*'] })).toBe('held-back: service-not-allowed');
  });
  it('nor does the star reach the certificate, whatever certificate it is', () => {
    const all: ReleasePolicy = { rules: [{ id: 'all', when: {}, allow: ['*'], entitlements: [...entitlements] }] };
    const ask = (allow: readonly string[], policy: ReleasePolicy) => decided(question(['credentialCertificate'], { allow }, { policy, acting: acting({ identity: byHsaId() }) }))['credentialCertificate'];
    expect([ask(['*'], defaultReleasePolicy), ask(['credentialCertificate'], all), ask(['credentialCertificate'], defaultReleasePolicy)]).toEqual(['held-back: service-not-allowed', 'held-back: policy-not-allowed', 'released: number-by-agreement']);
  });
  it('a rule that allows the attribute without the entitlement is not enough', () => {
    const policy: ReleasePolicy = { rules: [{ id: 'careless', when: {}, allow: ['personalIdentityNumber'] }] };
    expect(decided(question(['personalIdentityNumber'], { allow: ['personalIdentityNumber'] }, { policy }))).toEqual({ personalIdentityNumber: 'held-back: not-entitled' });
  });
  it('is not smuggled out inside the certificate or its subject', () => {
    const policy: ReleasePolicy = { rules: [{ id: 'careless', when: {}, allow: ['credentialCertificate', 'certificateSubjectName'] }] };
    const both = ['credentialCertificate', 'certificateSubjectName'];
    const ask = (identity: ReturnType<typeof byNumber>) => Object.values(decided(question(both, { allow: both }, { policy, acting: acting({ identity }) })));
    expect(ask(byNumber())).toEqual(['held-back: not-entitled', 'held-back: not-entitled']);
    expect(ask(byHsaId())).toEqual(['released: careless', 'released: careless']);
  });
});

describe('samordningsnummer (facts: federation §4.4)', () => {
  const pnr = 'http://id.elegnamnden.se/ec/1.0/loa2-pnr';
  const holder = acting({ identity: byNumber(coordinationNumber), person: person({ personalIdentityNumber: coordinationNumber }) });
  const ask = (categories: readonly string[], who = holder) => decided(question(['personalIdentityNumber'], { federation: 'sweden-connect', categories, allow: ['personalIdentityNumber'] }, { acting: who }))['personalIdentityNumber'];
  it('goes only to services that declare accepts-coordination-number', () => {
    expect(ask([pnr, acceptsCoordinationNumber])).toBe('released: number-by-category');
    expect(ask([pnr])).toBe('held-back: coordination-number');
  });
  it('is no matter for a personnummer', () => expect(ask([pnr], acting())).toBe('released: number-by-category'));
  it('accepting it does not entitle to numbers at all', () => expect(ask([acceptsCoordinationNumber])).toBe('held-back: policy-not-allowed'));
  it('is seen also when only the directory knows the number', () => {
    expect(ask([pnr], acting({ identity: byHsaId(), person: person({ personalIdentityNumber: coordinationNumber }) }))).toBe('held-back: coordination-number');
  });
});

describe('protected persons (threats J08)', () => {
  const who = acting({ person: person({ protectedPerson: true }) });
  const attributes = ['givenName', 'surname', 'name', 'mail', 'healthcareUnitName', 'credentialDisplayName', 'allCommissions', 'employeeHsaId', 'commissionPurpose'];
  const approving: ReleasePolicy = { rules: [...defaultReleasePolicy.rules, { id: 'care-records', when: { services: ['vgr/journal' as never] }, entitlements: ['protected-person'] }] };
  it('name, contact and whereabouts stay here', () => {
    const released = release(question(attributes, {}, { acting: who }));
    expect(Object.keys(released.attributes)).toEqual(['employeeHsaId', 'commissionPurpose']);
    expect(JSON.stringify(released)).not.toContain('Sandström');
  });
  it('an approved service gets them, its neighbour does not', () => {
    expect(Object.keys(release(question(attributes, {}, { acting: who, policy: approving })).attributes)).toEqual(attributes);
    expect(Object.keys(release(question(attributes, { id: 'vgr/other' }, { acting: who, policy: approving })).attributes)).toEqual(['employeeHsaId', 'commissionPurpose']);
  });
  it('the reason that is kept is the one of any other service without an entitlement: audit, explain and refusal do not carry the mark', () => {
    expect(decided(question(['givenName', 'employeeHsaId'], {}, { acting: who }))).toEqual({ givenName: 'held-back: not-entitled', employeeHsaId: 'released: ordinary-facts' });
    const error = refusedWith('release.required-held-back', () => release({ ...question([], {}, { acting: who }), requested: [wish('givenName', true)] }));
    expect(JSON.stringify([error.message, error.facts])).not.toMatch(/protect|Sandström|Erik/i);
  });
  it('the mark itself is no attribute and leaves no trace in what is released', () => {
    const plain = release(question(['employeeHsaId']));
    expect(release(question(['employeeHsaId'], {}, { acting: who }))).toEqual(plain);
    expect(catalogue.filter(({ id }) => /protected/i.test(id))).toEqual([]);
  });
  it('somebody whom the directory does not know is treated as possibly protected', () => {
    const unknown = { identity: byNumber(), person: null, employment: null, commission: null };
    expect(decided(question(['credentialDisplayName', 'levelOfAssurance'], {}, { acting: unknown }))).toEqual({ credentialDisplayName: 'held-back: person-not-known', levelOfAssurance: 'released: ordinary-facts' });
  });
});

describe('feigned data', () => {
  const feigned = [['post', acting({ employment: post({ feigned: true }) })], ['commission', acting({ commission: commission({ feigned: true }) })], ['unit', acting({ commission: commission({ unit: unit({ feigned: true }) }) })]] as const;
  const ask = (environment: 'test' | 'production', who: ReleaseQuestion['acting']) => decided(question(['employeeHsaId'], {}, { acting: who, context: { assuranceUri: 'x', environment } }))['employeeHsaId'];
  it.each(feigned)('a feigned %s releases nothing in production, and does elsewhere', (_, who) => {
    expect([ask('production', who), ask('test', who), ask('production', acting())]).toEqual(['held-back: feigned', 'released: ordinary-facts', 'released: ordinary-facts']);
  });
});

describe('required attributes [SC-DP §6.2.1; IN-AS]', () => {
  const required = (attribute: string, change: Partial<ReleaseQuestion> = {}) => ({ ...question([], {}, change), requested: [wish(attribute, true)] });
  it('an undeliverable one ends the login; the same one wished for does not', () => {
    const mute = acting({ employment: post({ mail: null }) });
    expect(refusedWith('release.required-missing', () => release(required('mail', { acting: mute }))).facts).toEqual({ service: 'vgr/journal', attributes: 'mail', missing: 'mail (no value)' });
    expect(release(question(['mail'], {}, { acting: mute })).attributes).toEqual({});
    expect(Object.keys(release(required('mail')).attributes)).toEqual(['mail']);
  });
  it('one held back ends it too, and the error names the rule and no value', () => {
    const error = refusedWith('release.required-held-back', () => release(required('personalIdentityNumber')));
    expect(error.facts).toEqual({ service: 'vgr/journal', attributes: 'personalIdentityNumber', missing: 'personalIdentityNumber (service-not-allowed)' });
    expect(JSON.stringify([error.message, error.facts])).not.toContain('1891');
  });
});

describe('subject key', () => {
  const keyOf = (who: ReleaseQuestion['acting']) => release(question([], {}, { acting: who })).subjectKey;
  it('is one for all cards and posts of a person', () => {
    const second = post({ hsaId: hsaId('POST2') });
    const several = person({ employments: [post(), second] });
    expect(keyOf(acting({ identity: byHsaId(), person: several, employment: second }))).toBe(keyOf(acting({ identity: byNumber() })));
  });
  it('falls back to the HSA-id, whatever its case, where no number is known', () => {
    const nameless = person({ personalIdentityNumber: null });
    expect(keyOf(acting({ identity: byHsaId('se2321000131-post1' as never), person: nameless }))).toBe(keyOf(acting({ identity: byHsaId(), person: nameless })));
  });
  it('two people never share one', () => expect(keyOf(acting())).not.toBe(keyOf(acting({ identity: byNumber(coordinationNumber), person: person({ personalIdentityNumber: coordinationNumber }) }))));
});

describe('property: release never adds an attribute that nobody voted for', () => {
  const ids = catalogue.map(({ id }) => id);
  const some = fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 12 });
  const rule: fc.Arbitrary<ReleaseRule> = fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    when: fc.record({ federations: fc.constantFrom(['sambi'], ['sweden-connect']), parties: fc.constantFrom(['vgr'], ['ale']) }, { requiredKeys: [] }),
    allow: fc.oneof(some, fc.constant(['*'])), deny: some, entitlements: fc.subarray([...entitlements]),
  }, { requiredKeys: ['id', 'when'] }).map((entry) => entry as unknown as ReleaseRule);
  const people = fc.constantFrom(acting(), acting({ person: person({ protectedPerson: true }) }), acting({ identity: byHsaId(), person: person({ personalIdentityNumber: coordinationNumber }) }), acting({ employment: null }), acting({ employment: post({ feigned: true }) }));
  const scenario = fc.record({ requested: some, allow: fc.oneof(some, fc.constant(['*'])), deny: some, rules: fc.array(rule, { maxLength: 4 }), federation: fc.constantFrom('sambi', 'sweden-connect'), who: people });

  it('every released attribute was asked for, allowed by the service, voted for by a matching rule and denied by none', () => {
    fc.assert(fc.property(scenario, ({ requested, allow, deny, rules, federation, who }) => {
      const policy: ReleasePolicy = { rules };
      const { attributes, decisions } = previewRelease(question(requested, { allow, deny, federation }, { policy, acting: who }));
      const matching = rules.filter(({ when }) => (when.federations?.includes(federation) ?? true) && ((when.parties as readonly string[] | undefined)?.includes('vgr') ?? true));
      const voted = (id: string, list: readonly string[] | undefined) => list !== undefined && (list.includes(id) || list.includes('*'));
      for (const id of Object.keys(attributes)) {
        expect(requested).toContain(id);
        expect(voted(id, allow) && matching.some((entry) => voted(id, entry.allow))).toBe(true);
        expect(deny.includes(id) || matching.some((entry) => entry.deny?.includes(id))).toBe(false);
      }
      expect(decisions.map(({ attribute }) => attribute).toSorted()).toEqual([...new Set(requested)].toSorted());
      expect(decisions.filter(({ outcome }) => outcome === 'released').map(({ attribute }) => attribute).toSorted()).toEqual(Object.keys(attributes).toSorted());
    }), { numRuns: 1000 });
  });
  it('a smaller policy never releases more', () => {
    fc.assert(fc.property(scenario, fc.nat(3), ({ requested, allow, deny, rules, federation, who }, drop) => {
      const released = (kept: readonly ReleaseRule[]) => Object.keys(previewRelease(question(requested, { allow, deny, federation }, { policy: { rules: kept }, acting: who })).attributes);
      const withoutVotes = rules.map((entry, index) => (index === drop ? { id: entry.id, when: entry.when, deny: entry.deny ?? [] } : entry));
      const full = released(rules);
      for (const id of released(withoutVotes)) expect(full).toContain(id);
    }), { numRuns: 500 });
  });
});
