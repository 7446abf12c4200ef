import { expect, test } from 'vitest';
import { toPartyId, toServiceId } from '../../src/core/ids.ts';
import { partyRows, partyView, serviceRows, serviceView } from '../../src/parties/views.ts';
import { goodFiles, loadFiles } from './tree.ts';

const registry = (await loadFiles(goodFiles)).registry!;

test('parties and services are listed by id', () => {
  expect(partyRows(registry).map(({ id, services, affiliates }) => [id, services, affiliates])).toEqual([['ale', 1, 0], ['hjo', 1, 1], ['joint', 1, 0]]);
  expect(serviceRows(registry).map(({ id }) => id)).toEqual(['ale/journal', 'hjo/plan', 'joint/mail']);
  expect(serviceRows(registry, toPartyId('hjo')).map(({ id }) => id)).toEqual(['hjo/plan']);
});
test('a party shows its services, its affiliates and the methods that hold for it', () => {
  expect(partyView(registry, toPartyId('hjo'))).toMatchObject({ id: 'hjo', services: ['hjo/plan'], methods: ['siths-card', 'phone'], affiliates: [{ organisationNumber: '5599980017' }] });
  expect(partyView(registry, toPartyId('atlantis'))).toBeUndefined();
});
test('a service shows what is settled, and its keys by fingerprint', () => {
  const view = serviceView(registry, toServiceId('ale/journal')) as { metadata: { signingKeys: { certificateSha256: string }[] } };
  expect(view).toMatchObject({ id: 'ale/journal', federation: 'sambi', methods: ['siths-card', 'phone'], sign: { response: true, assertion: true }, release: { allow: ['employeeHsaId'] } });
  expect(view.metadata.signingKeys[0]?.certificateSha256).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.parse(JSON.stringify(view))).toEqual(view);
  expect(serviceView(registry, toServiceId('ale/nothing'))).toBeUndefined();
});
