/** The help desk looks pages up by their headings: each heading of the pages that say no stands in the document, and in the pages' own words. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorCatalogue } from '../../src/core/error-catalogue.ts';
import { svErrors } from '../../src/ui/messages/sv-errors.ts';
import { sv } from '../../src/ui/messages/sv.ts';

const document = readFileSync(join(import.meta.dirname, '../../docs/for-the-help-desk.md'), 'utf8');
const shown = [...new Set(Object.values(errorCatalogue).map(({ text }) => text))].filter((text) => text !== 'not-a-page');

it.each(shown)('the page %s is found by its heading', (text) => expect(document).toContain(svErrors[text].title));
it('every word of the page after a logout is explained', () => {
  for (const words of [sv.loggedOut.headingPartly, ...Object.values(sv.loggedOut.results)]) expect(document).toContain(words);
});
it('headings of questions to the person are the pages’ own', () => {
  for (const words of [sv.confirmSession.heading('…'), sv.confirmSession.headingUnnamed, sv.alreadyLoggedIn.heading, sv.chooseEmployee.heading, sv.me.changeCommission, sv.me.logOut]) expect(document).toContain(words);
});
