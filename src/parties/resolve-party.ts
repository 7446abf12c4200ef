/** One party's file to the party as the flow sees it. */
import type { PartyId } from '../core/ids.ts';
import type { PartySource, RegistrySettings, Report } from './content.ts';
import type { Party } from './model.ts';

/** [threats M06] What was invented for tests does not meet real people. */
const checkInvented = ({ value, source }: PartySource, settings: RegistrySettings, report: Report): void => {
  if (settings.environment !== 'production' || !value.enabled) return;
  if (value.support.invented) report(source.finding(['support', 'invented'], 'invented-data', 'marks a contact that nobody answers', 'write the party’s own contact, or disable the party'));
  value.affiliates.forEach((affiliate, index) => {
    if (affiliate.invented) report(source.finding(['affiliates', index, 'invented'], 'invented-data', 'marks an organisation that does not exist', 'remove it'));
  });
};

/** Null when the party cannot be made; the reason is reported. */
export const resolveParty = (party: PartySource, all: ReadonlyMap<PartyId, PartySource>, settings: RegistrySettings, report: Report): Party | null => {
  const { id, value, source } = party;
  checkInvented(party, settings, report);
  value.methods?.forEach((method, index) => {
    if (!settings.methods.includes(method)) report(source.finding(['methods', index], 'method-unknown', 'is no method of config/methods.yaml', `write one of ${settings.methods.join(', ')}`));
  });
  const operator = value.operatedBy === undefined ? undefined : all.get(value.operatedBy as PartyId)?.value.organisationNumber;
  const number = value.organisationNumber ?? operator;
  if (number === undefined) {
    report(source.finding(['operatedBy'], 'operator-unknown', 'is not the id of a party with an organisation number', 'write the id of one of the files in config/parties'));
    return null;
  }
  const { phone, email, hours, name: desk } = value.support;
  return Object.freeze({
    id, number,
    name: value.name,
    displayName: value.displayName ?? value.name,
    enabled: value.enabled,
    domain: value.domain,
    support: Object.freeze({ name: desk, phone, email, hours }),
    affiliates: value.affiliates.map(({ name, organisationNumber }) => ({ name, number: organisationNumber })),
    networks: value.networks,
    methods: value.methods ?? settings.methodsByDefault ?? settings.methods,
    cardTest: value.cardTest,
  });
};
