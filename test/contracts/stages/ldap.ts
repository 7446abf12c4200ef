import { hsaAttributes, hsaClasses, hsaSearches, licenceCodes, type LdapServer, type LdapSettings } from '../../../src/directory/hsa-ldap/settings.ts';
import { openLdapDirectory } from '../../../src/directory/hsa-ldap/directory.ts';
import { ldifFor, startSlapd } from '../../peers/slapd.ts';
import type { DirectoryStage } from './stage.ts';

export const ldapSettings = (server: LdapServer, now: number, change: Partial<LdapSettings> = {}): LdapSettings => ({
  server, ...hsaSearches('c=SE'), attributes: hsaAttributes, classes: hsaClasses, licenceCodes, organisations: [], timeout: 10_000, placeSeconds: 600, feigned: 'keep', clock: { now: () => now }, ...change,
});
export const ldapStage: DirectoryStage = {
  name: 'hsa-ldap', lacks: () => ({ authorizationScopes: [] }),
  open: async (people, now) => {
    const slapd = await startSlapd(ldifFor(people));
    const withFeigned = openLdapDirectory(ldapSettings(slapd.server, now));
    const withoutFeigned = openLdapDirectory(ldapSettings(slapd.startTls, now, { feigned: 'drop' }));
    return { withFeigned, withoutFeigned, stop: async () => { await withFeigned.close(); await withoutFeigned.close(); await slapd.stop(); } };
  },
};
