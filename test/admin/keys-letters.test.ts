/** Letters about a key that is rolled: one a party, to those that wait and nobody else. */
import { describe, expect, it } from 'vitest';
import { remindersFor, type Sender } from '../../src/admin/keys-letters.ts';
import type { UseView } from '../../src/keys/view.ts';
import type { Registry } from '../../src/parties/model.ts';

const party = (id: string) => [id, { id, displayName: `Kommunen ${id}`, support: { email: `it@${id}.example` } }] as const;
const registry = { parties: new Map([party('vgr'), party('boras'), party('ale')]), services: new Map([['vgr/a', { party: 'vgr' }], ['vgr/b', { party: 'vgr' }], ['boras/c', { party: 'boras' }]]), identityProviders: new Map([['ale/adfs', { party: 'ale' }]]) } as unknown as Registry;
const sender: Sender = { name: 'Bryggan', operator: 'Regionen', email: 'drift@bryggan.example', phone: '031-390 06 98', publicUrl: 'https://login.example.se' };
const view = (use: UseView['use'], waiting: readonly string[]): Pick<UseView, 'use' | 'keys' | 'waiting'> =>
  ({ use, waiting, keys: [{ id: 'aa00', role: 'current', since: 0, notAfter: null, subject: null, file: null }, { id: 'ab12cd', role: 'next', since: 0, notAfter: null, subject: null, file: null }] });
const letters = (use: UseView['use'], waiting: readonly string[]) => remindersFor(view(use, waiting), registry, sender);

describe('reminders', () => {
  it('go once to each party, with the address that says who reads', () => {
    const [first, second, ...more] = letters('saml-signing', ['vgr/a', 'vgr/b', 'boras/c']);
    expect([first?.to, second?.to, more]).toEqual(['it@vgr.example', 'it@boras.example', []]);
    expect(first?.text).toContain('https://login.example.se/metadata/applications.xml?consumer=vgr/b');
    expect(first?.text).not.toContain('boras/c');
    expect(first?.text).toContain('AB:12:CD');
  });
  it.each([['metadata', ['vgr/a'], /metadata\/next\/applications\.xml\?consumer=vgr\/a[^]*jämför den nyas fingeravtryck, AB:12:CD/], ['upstream-signing', ['ale/adfs'], /er identitetslösning[^]*upstream\/saml\/metadata\?consumer=ale\/adfs/]] as const)('%s has words of its own', (use, waiting, says) => { expect(letters(use, waiting)[0]?.text).toMatch(says); });
  it.each(['saml-signing', 'metadata', 'upstream-signing'] as const)('%s: nothing of the template is left, and it never asks for a secret', (use) => {
    const text = letters(use, ['vgr/a'])[0]?.text ?? '';
    expect(text).not.toMatch(/[{}]|undefined/);
    expect(text).toContain('Svara inte med privata nycklar');
  });
  it('none where nobody waits, or nothing is announced', () => {
    expect(letters('saml-signing', [])).toEqual([]);
    expect(letters('oidc-rsa', ['vgr/a'])).toEqual([]);
    expect(remindersFor({ ...view('saml-signing', ['vgr/a']), keys: [] }, registry, sender)).toEqual([]);
  });
});
