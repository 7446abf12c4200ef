/** Entities that grow, loop or fetch: no declaration is read, so there is nothing to expand. */
import { it } from 'vitest';
import { readXml } from '../../src/saml/xml/index.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { assertionSigned, expectOnlyTwin } from '../fixtures/signed-response.ts';

const laughs = Array.from({ length: 12 }, (_none, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('');
const bombs: readonly (readonly [string, string, string])[] = [
  ['billion laughs', `<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]>`, '&l12;'],
  ['quadratic blow-up', `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(50_000)}">]>`, '&a;'.repeat(10_000)],
  ['a loop', '<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', '&a;'],
  ['a parameter entity', '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]>', '&p;'],
  ['an external entity', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', '&e;'],
];
it.each(bombs)('A02: %s', (_name, doctype, use) => {
  expectOnlyTwin('xml.doctype', doctype + assertionSigned.replace('>Anna<', `>${use}<`), 'assertion');
  for (const profile of ['metadata', 'service-reply'] as const) refusedWith('xml.doctype', () => readXml(Buffer.from(doctype + assertionSigned), profile));
});
it.each(bombs)('A02: %s, used without its declaration', (_name, _doctype, use) => { expectOnlyTwin('xml.entity', assertionSigned.replace('>Anna<', `>${use}<`), 'assertion'); });
