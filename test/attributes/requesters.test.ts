/** Release to a local IdP is narrowed to what the application behind it may have. */
import { describe, expect, it } from 'vitest';
import { defaultReleasePolicy } from '../../src/attributes/policy.ts';
import { previewRelease, release, type ReleaseQuestion } from '../../src/attributes/release.ts';
import type { ServiceParty } from '../../src/parties/model.ts';
import { acting } from '../directory/people.ts';
import { service } from './service.ts';

const [JOURNAL, PLANNING, STRANGER] = ['https://journal.client.example/saml', 'https://planning.client.example/saml', 'https://stranger.client.example/saml'];
const proxying: NonNullable<ServiceParty['proxying']> = {
  requesters: new Map([[JOURNAL, { names: null, allow: ['*'] }], [PLANNING, { names: null, allow: ['employeeHsaId', 'mail'] }]]), others: ['employeeHsaId'],
};
const question = (requesters: readonly string[], given: Partial<ServiceParty> = { proxying }): ReleaseQuestion => ({
  service: { ...service({ deny: ['title'] }), ...given }, policy: defaultReleasePolicy, acting: acting(), requesters,
  requested: ['employeeHsaId', 'givenName', 'mail', 'title'].map((attribute) => ({ attribute, wireName: `urn:wire:${attribute}`, required: false })),
  context: { assuranceUri: 'http://id.sambi.se/loa/loa3', environment: 'test' },
});
const leaves = (...requesters: readonly string[]): readonly string[] => previewRelease(question(requesters)).decisions.filter(({ outcome }) => outcome !== 'held-back').map(({ attribute }) => attribute);

describe('release for an application behind a local IdP', () => {
  it('gives each application what its row allows, never more than the service may have', () => {
    expect(leaves(JOURNAL)).toEqual(['employeeHsaId', 'givenName', 'mail']);
    expect(leaves(PLANNING)).toEqual(['employeeHsaId', 'mail']);
  });
  it('gives an application that is not known the least', () => expect(leaves(STRANGER)).toEqual(['employeeHsaId']));
  it('gives a request that names nobody the least', () => expect(leaves()).toEqual(['employeeHsaId']));
  it('is not widened by naming a further application, in either order', () => {
    expect(leaves(JOURNAL, STRANGER)).toEqual(['employeeHsaId']);
    expect(leaves(STRANGER, JOURNAL)).toEqual(['employeeHsaId']);
    expect(leaves(JOURNAL, PLANNING)).toEqual(['employeeHsaId', 'mail']);
  });
  it.each([JOURNAL.toUpperCase(), `${JOURNAL}/`, ` ${JOURNAL}`, JOURNAL.slice(0, -1), '__proto__', '*'])('compares letter for letter: %s is not the application', (spelling) => expect(leaves(spelling)).toEqual(['employeeHsaId']));
  it('says the rule, and keeps the applications for the audit line', () => {
    expect(previewRelease(question([STRANGER])).decisions).toContainEqual({ attribute: 'mail', outcome: 'held-back', rule: 'requester-not-allowed' });
    expect(release(question([STRANGER])).requesters).toEqual([STRANGER]);
  });
  it('leaves a service that is no local IdP as it was, whomever its request names', () => {
    const released = release(question([STRANGER], {}));
    expect(released.decisions.filter(({ outcome }) => outcome === 'held-back').map(({ rule }) => rule)).toEqual(['service-deny']);
    expect(released.requesters).toBeUndefined();
  });
});
