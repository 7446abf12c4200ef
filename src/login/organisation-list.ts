/** Organisations with a login of their own, as a page lists them: the one that this browser chose last first, and what a search leaves of them. */
import type { IdentityProvider, Registry } from '../parties/model.ts';
import type { Browser } from './context.ts';
import type { OrganisationList, OrganisationOption } from './pages.ts';

const LONGEST_SEARCH = 100;
/** "Göteborg" is found by "goteborg" too: not every keyboard has our letters. */
const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** `search`: words of which each must stand in the name, in either language, or in the party's. */
export const organisationList = (providers: readonly IdentityProvider[], search: string, browser: Browser, registry: Registry): OrganisationList => {
  const wanted = search.slice(0, LONGEST_SEARCH).trim();
  const words = folded(wanted).split(/\s+/);
  const options = providers.map(({ id, names, party, logo }): OrganisationOption =>
    ({ id, name: names, partyName: registry.parties.get(party)?.displayName ?? '', logo, lastUsed: id === browser.lastOrganisation }));
  const found = options.filter(({ name, partyName }) => { const text = folded(`${name.sv} ${name.en} ${partyName}`); return words.every((word) => text.includes(word)); });
  return { options: found.toSorted((a, b) => Number(b.lastUsed) - Number(a.lastUsed)), total: options.length, search: wanted };
};
