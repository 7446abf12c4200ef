/** `release`: what would this service get for this person, and why. Runs the same choice and the same decision as a login, stores nothing. */
import { attributeByWireName, attributeRow, serialise, toClaim } from '../attributes/catalogue.ts';
import { previewRelease } from '../attributes/release.ts';
import { answerLevel, type AssuranceLevel } from '../core/assurance.ts';
import { fail } from '../core/errors.ts';
import { isHsaId, isPersonalIdentityNumber, type HsaId, type PersonalIdentityNumber, type ServiceId } from '../core/ids.ts';
import type { JsonValue } from '../core/json.ts';
import type { Instant } from '../core/ports.ts';
import type { PersonKey } from '../directory/model.ts';
import { ofOurParties } from '../login/acting.ts';
import { chooseActing } from '../login/4-choose-commission.ts';
import type { VerifiedIdentity } from '../login/transaction.ts';
import type { Opened } from './tools.ts';

const keyOf = (text: string, opened: Opened): PersonKey =>
  isPersonalIdentityNumber(text) ? { kind: 'personal-identity-number', number: text as PersonalIdentityNumber }
  : isHsaId(text, opened.hsaIdFormat) ? { kind: 'hsa-id', hsaId: text as HsaId }
  : fail('command.usage', 'the person is named by HSA-id or twelve-digit personal identity number');

const hidden = '(not shown)';
const pointing = new Set(['name', 'contact', 'whereabouts', 'certificate', 'personal-identity-number']);

export interface PreviewQuestion { readonly service: string; readonly person: string; readonly commission: string | undefined; readonly level: AssuranceLevel; readonly requesters?: readonly string[] }
export const previewFor = async ({ service: serviceId, person, commission, level, requesters = [] }: PreviewQuestion, opened: Opened, now: Instant) => {
  const service = opened.registry.services.get(serviceId as ServiceId) ?? fail('command.usage', `there is no service ${serviceId}; \`bryggan service list\` names them all`);
  const key = keyOf(person, opened);
  const known = (await opened.directory.find(key, { level })) ?? fail('directory.person-unknown', 'the directory has no such person');
  const found = ofOurParties(known, opened.registry);
  const attributeConsumingServices = service.wire.protocol === 'saml' ? service.wire.attributeConsumingServices : [];
  const asked = (attributeConsumingServices.find(({ isDefault }) => isDefault) ?? attributeConsumingServices[0])?.attributes ?? [];
  const requested = asked.flatMap(({ name, required }) => {
    const attribute = attributeByWireName(name);
    return attribute === undefined ? [] : [{ attribute, wireName: name, required }];
  });
  const identity = { method: 'preview', person: key, level, authenticatedAt: now, credential: { givenName: null, surname: null, displayName: '', organisationName: null, issuerName: '', subjectName: '', policies: [], certificate: null }, revocationHandle: null } as unknown as VerifiedIdentity;
  const outcome = chooseActing({ identity, person: found, requested, preselection: commission === undefined ? {} : { commissionHsaId: commission }, previousChoice: null, remembered: () => false });
  if (outcome.kind !== 'chosen') {
    return { service: service.id, wouldAsk: outcome.kind === 'ask-commission' ? 'which commission' : 'which post', options: outcome.options.map(({ choice }) => choice.commissionHsaId ?? choice.employeeHsaId) };
  }
  const assuranceUri = answerLevel(level, undefined, service.federation.assurance) ?? fail('saml.authn-context', `${service.federation.id} has no word for ${level}`);
  const preview = previewRelease({ service, policy: opened.releasePolicy, acting: outcome.acting, requested, requesters, context: { assuranceUri, environment: opened.environment } });
  const names = service.federation.attributeDialect === 'sweden-connect' ? 'sweden-connect' : 'inera';
  // threats J08: what a protected person is called and where they work stands on no screen but their own.
  const isHidden = (attribute: string): boolean => found.protectedPerson && pointing.has(attributeRow(attribute)?.sensitivity ?? 'name');
  const saml = (attribute: string): readonly string[] => (preview.attributes[attribute] ?? []).map((value) => serialise(attribute, value, { dialect: service.federation.attributeDialect, commissionRight: service.release.commissionRight }));
  const claim = (attribute: string): JsonValue => toClaim(attribute, preview.attributes[attribute] ?? [], names)?.value ?? null;
  return {
    service: service.id, level: assuranceUri, loginFails: preview.missing.length > 0,
    attributes: preview.decisions.map(({ attribute, outcome: what, rule }) => ({
      attribute, outcome: what, rule, required: requested.some((wish) => wish.attribute === attribute && wish.required),
      saml: { name: requested.find((wish) => wish.attribute === attribute)?.wireName ?? '', values: isHidden(attribute) ? saml(attribute).map(() => hidden) : saml(attribute) },
      openIdConnect: { name: attributeRow(attribute)?.claims[names]?.claim ?? null, value: isHidden(attribute) && claim(attribute) !== null ? hidden : claim(attribute) },
    })),
  };
};
