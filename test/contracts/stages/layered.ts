/** As in operation: LDAP for posts, HSA's services for the rest, each behind its breaker and cache, set up from YAML. */
import { silentLog } from '../../../src/core/ports.ts';
import { openLdapDirectory } from '../../../src/directory/hsa-ldap/directory.ts';
import { ldapSettingsFrom, ldapSourceSchema } from '../../../src/directory/hsa-ldap/schema.ts';
import { openSoapDirectory } from '../../../src/directory/hsa-soap/directory.ts';
import { soapSettingsFrom, soapSourceSchema } from '../../../src/directory/hsa-soap/schema.ts';
import { layerDirectories, layersSchema } from '../../../src/directory/layers.ts';
import { clientCertificate, serverCa, startHsaSoap } from '../../fakes/hsa-soap/simulator.ts';
import { BIND_DN, BIND_PASSWORD, ldifFor, startSlapd } from '../../peers/slapd.ts';
import type { DirectoryStage } from './stage.ts';

export const layeredStage: DirectoryStage = {
  name: 'hsa-ldap and hsa-soap combined, behind breaker and cache', lacks: () => ({}),
  open: async (people, now) => {
    const [slapd, simulator] = await Promise.all([startSlapd(ldifFor(people)), startHsaSoap(people)]);
    const files: Readonly<Record<string, string>> = { 'ldap-ca.pem': slapd.server.ca, password: `${BIND_PASSWORD}\n`, 'soap-ca.pem': serverCa(), 'soap.pem': clientCertificate().certificate, 'soap.key': clientCertificate().key };
    const closers: (() => void | Promise<void>)[] = [];
    const open = (feigned: 'keep' | 'drop') => {
      const tools = { read: (path: string) => files[path]!, clock: { now: () => now }, feigned };
      const ldap = openLdapDirectory(ldapSettingsFrom(ldapSourceSchema.parse({ kind: 'ldap', url: slapd.server.url, authorityFile: 'ldap-ca.pem', bindDn: BIND_DN, passwordFile: 'password', base: 'c=SE' }), tools));
      const soap = openSoapDirectory(soapSettingsFrom(soapSourceSchema.parse({ kind: 'soap', endpoints: [simulator.url], authorityFile: 'soap-ca.pem', certificateFile: 'soap.pem', keyFile: 'soap.key', employee: false }), tools));
      closers.push(() => ldap.close(), () => soap.close());
      const settings = layersSchema.parse({ precedence: { post: ['local'], commissions: ['hsa'], professional: ['hsa', 'local'], roles: ['hsa'] } });
      return layerDirectories({ sources: new Map([['local', ldap], ['hsa', soap]]), settings, feigned, clock: tools.clock, log: silentLog });
    };
    return {
      withFeigned: open('keep'), withoutFeigned: open('drop'),
      stop: async () => {
        for (const close of closers) await close();
        await simulator.stop();
        await slapd.stop();
      },
    };
  },
};
