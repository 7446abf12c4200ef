/** `party list|show` and `service list|show`: the registry in words. */
import { fail } from '../core/errors.ts';
import type { PartyId, ServiceId } from '../core/ids.ts';
import { attributeByWireName } from '../attributes/catalogue.ts';
import type { Party, Registry, ServiceParty } from '../parties/model.ts';

export const partyRow = (party: Party, registry: Registry) => ({
  id: party.id, name: party.displayName, organisationNumber: party.number, enabled: party.enabled,
  services: [...registry.services.values()].filter((service) => service.party === party.id).length, methods: party.methods.join(', '),
});
export const listParties = (registry: Registry) => [...registry.parties.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((party) => partyRow(party, registry));
export const showParty = (id: string, registry: Registry) => {
  const party = registry.parties.get(id as PartyId) ?? fail('command.usage', `there is no party ${id}; \`bryggan party list\` names them all`);
  return {
    ...partyRow(party, registry), officialName: party.name, domain: party.domain, support: `${party.support.name}, ${party.support.phone}, ${party.support.email}, ${party.support.hours.sv}`,
    affiliates: party.affiliates.map(({ name, number }) => `${name} (${number})`), networks: party.networks,
    servicesOfIt: [...registry.services.values()].filter((service) => service.party === party.id).map((service) => service.id),
  };
};

const state = (service: ServiceParty, registry: Registry): string => (!service.enabled ? 'off' : registry.parties.get(service.party)?.enabled === true ? 'on' : 'party off');
export const serviceRow = (service: ServiceParty, registry: Registry) => ({ id: service.id, name: service.names.sv, state: state(service, registry), federation: service.federation.id, sso: service.sso, entityId: service.wire.entityId });
export const listServices = (registry: Registry, party?: string) =>
  [...registry.services.values()].filter((service) => party === undefined || service.party === party).toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((service) => serviceRow(service, registry));
const day = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
export const showService = (id: string, registry: Registry) => {
  const service = registry.services.get(id as ServiceId) ?? [...registry.services.values()].find(({ wire }) => wire.entityId === id) ?? fail('command.usage', `there is no service ${id}; \`bryggan service list\` names them all`);
  const { wire } = service;
  return {
    ...serviceRow(service, registry), homeUrl: service.homeUrl, minimumLevel: service.minimumLevel,
    answersTo: wire.assertionConsumerServices.map(({ url, index, isDefault }) => `${url} (index ${index}${isDefault ? ', default' : ''})`),
    requestsSigned: wire.authnRequestsSigned, signs: `${service.sign.response ? 'response ' : ''}${service.sign.assertion || wire.wantAssertionsSigned ? 'assertion' : ''}`.trim(), encryption: service.encryption,
    signingKeys: wire.signingKeys.map(({ notAfter }) => `certificate until ${day(notAfter)}`), encryptionKeys: wire.encryptionKeys.map(({ notAfter }) => `certificate until ${day(notAfter)}`),
    requests: wire.attributeConsumingServices.flatMap(({ attributes }) => attributes.map(({ name, required }) => `${name}${required ? ' (required)' : ''}${attributeByWireName(name) === undefined ? ' — not known here' : ''}`)),
    mayKnowAtMost: service.release.allow, neverTold: service.release.deny, validUntil: wire.validUntil === null ? null : day(wire.validUntil),
  };
};
