import { openSoapDirectory } from '../../../src/directory/hsa-soap/directory.ts';
import type { SoapSettings } from '../../../src/directory/hsa-soap/settings.ts';
import type { DirectoryPerson } from '../../../src/directory/model.ts';
import { clientCertificate, LOGICAL_ADDRESS, serverCa, startHsaSoap } from '../../fakes/hsa-soap/simulator.ts';
import type { DirectoryStage } from './stage.ts';

/** Places in the tree of everybody's employer, as an operator would configure them. */
export const organisationsOf = (people: readonly DirectoryPerson[]): SoapSettings['organisations'] =>
  [...new Map(people.flatMap((person) => person.employments.map(({ organisation }) => [organisation.number, { dn: `o=${organisation.name},c=SE`, name: organisation.name, number: organisation.number }] as const))).values()];
export const soapSettings = (endpoints: readonly string[], people: readonly DirectoryPerson[], now: number, change: Partial<SoapSettings> = {}): SoapSettings => ({
  endpoints, logicalAddress: LOGICAL_ADDRESS, searchBase: 'c=SE', ca: serverCa(), ...clientCertificate(), timeout: 10_000, hedgeAfter: 5_000, maxConnections: 8, maxBytes: 2_000_000,
  askEmployee: true, askAdministrative: true, organisations: organisationsOf(people), feigned: 'keep', clock: { now: () => now }, ...change,
});
export const soapStage: DirectoryStage = {
  name: 'hsa-soap', lacks: ({ organisation }) => ({ organisation: { ...organisation, hsaId: null } }),
  open: async (people, now) => {
    const simulator = await startHsaSoap(people);
    const withFeigned = openSoapDirectory(soapSettings([simulator.url], people, now));
    const withoutFeigned = openSoapDirectory(soapSettings([simulator.url], people, now, { feigned: 'drop' }));
    return {
      withFeigned, withoutFeigned,
      stop: async () => {
        withFeigned.close();
        withoutFeigned.close();
        await simulator.stop();
        if (simulator.violations.length > 0) throw new Error(`requests broke their contracts: ${simulator.violations.join(', ')}`);
      },
    };
  },
};
