/** docs/attributes.md, made from the catalogue, so that it cannot say anything else than it does. */
import { catalogue, type AttributeRow, type Dialect } from './catalogue.ts';
import { defaultReleasePolicy, entitlements } from './policy.ts';

const sources: Readonly<Record<AttributeRow['source'], string>> = {
  credential: 'the card or certificate', person: 'the person in the directory', employment: 'the post in the directory', commission: 'the commission in the directory',
  session: 'the login itself', computed: 'computed from the directory', none: 'never delivered',
};
const levels: Readonly<Record<AttributeRow['level'], string>> = { none: 'no choice', employee: 'post', commission: 'commission' };
const sensitivities: Readonly<Record<AttributeRow['sensitivity'], string>> = {
  none: '', 'personal-identity-number': 'personal identity number', certificate: 'holds what the certificate holds', name: 'name', contact: 'contact', whereabouts: 'whereabouts',
};
const forms: Readonly<Record<AttributeRow['form'], string>> = {
  text: 'text', right: '`activity;informationClass;scope`, or a JSON object where the service wants it', speciality: 'a JSON object as text', role: '`systemId;role`', scope: 'a JSON object as text', 'all-commissions': 'a JSON array as text',
};
const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join('<br>');
const samlNames = ({ names, aliases }: AttributeRow): string => {
  const distinct = new Set((['sambi', 'inera', 'sambi-legacy', 'sweden-connect'] as const satisfies readonly Dialect[]).flatMap((dialect) => names[dialect] ?? []));
  return [code([...distinct]), ...(aliases.length > 0 ? [`also understood: ${code(aliases)}`] : [])].join('<br>');
};
const claimNames = ({ claims }: AttributeRow): string => [
  ...(claims.inera === undefined ? [] : [`\`${claims.inera.claim}\` (scope \`${claims.inera.scope}\`)`]),
  ...(claims['sweden-connect'] === undefined || claims['sweden-connect'].claim === claims.inera?.claim ? [] : [`Sweden Connect: \`${claims['sweden-connect'].claim}\` (scope \`${claims['sweden-connect'].scope}\`)`]),
].join('<br>');
const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const row = (entry: AttributeRow): string =>
  line([`\`${entry.id}\``, `${entry.labels.en}<br>${entry.labels.sv}`, samlNames(entry), claimNames(entry), `${forms[entry.form]}${entry.multiple ? ', several values' : ''}`, sources[entry.source], levels[entry.level], sensitivities[entry.sensitivity]]);
const table = (rows: readonly AttributeRow[]): string => [
  line(['id', 'what', 'SAML names', 'OIDC claim', 'form', 'from', 'choice', 'care']), line(['---', '---', '---', '---', '---', '---', '---', '---']), ...rows.map(row),
].join('\n');

const delivered = catalogue.filter(({ source }) => source !== 'none');
const knownOnly = catalogue.filter(({ source }) => source === 'none');

export const attributeReference = (): string => `# Attributes

Made from \`src/attributes/catalogue.ts\` by \`node src/attributes/write-reference.ts\`; a test keeps it current.

An application asks by name: in SAML by the RequestedAttributes of its metadata, in OpenID Connect by scopes and claims. Names are compared
letter for letter (the standards spell irregularly: \`healthCare…\` and \`healthcare…\`, \`Licence\` and \`License\`). In a service's file
and in \`config/release.yaml\` the **id** of the first column is written.

**Choice** is the least that a person must choose for the attribute to be answered: nothing, one of several posts, or one of several
commissions. A certificate with an HSA-id has chosen the post. **Care** says what release must ask first:

- *personal identity number*, *holds what the certificate holds*: only to a service that the policy entitles to the number; a samordningsnummer
  needs a further entitlement. \`*\` in a list never reaches these: they must be named.
- *name*, *contact*, *whereabouts*: held back for people with protected identity, unless the policy approves the service for them.

## Delivered (${delivered.length})

${table(delivered)}

## Known by name, never delivered (${knownOnly.length})

Bryggan has no source for these. A service that only wishes for one gets the rest; one that requires it is refused.

${table(knownOnly)}

## What decides

An attribute leaves when the service asked for it, and the service's own file allows it, and at least one rule of the release policy votes for it, and
nobody denies it, and nothing about the person forbids it. Each decision keeps the name of its rule: \`bryggan release\` shows them before a login, \`bryggan explain\` after.

| rule | meaning |
| --- | --- |
| *name of a policy rule* | released because this rule voted for it, or held back because this rule denies it |
| \`service-deny\` | the service's own file denies it |
| \`service-not-allowed\` | the service's own file does not allow it |
| \`requester-not-allowed\` | the service is a local IdP, and the application behind it is not allowed this, not known, or not named |
| \`policy-not-allowed\` | no rule of the policy that applies to the service votes for it |
| \`not-entitled\` | the policy does not entitle the service to the number, or to people with protected identity: one word for both, for reasons are kept where the mark must not stand |
| \`coordination-number\` | the number is a samordningsnummer, and the service does not accept those |
| \`person-not-known\` | the directory does not know the person, so nobody knows whether the identity is protected |
| \`feigned\` | test data in production |
| \`unknown-attribute\` | not in this table |

A rule of the policy: \`id\`; \`when\` (\`entityCategories\`, \`federations\`, \`parties\`, \`services\`: all that are given must hold, each by one of its values; \`{}\` means
every service); \`allow\`, \`deny\` (ids); \`entitlements\` (${entitlements.map((name) => `\`${name}\``).join(', ')}). The policy that ships has these rules: ${defaultReleasePolicy.rules.map(({ id }) => `\`${id}\``).join(', ')}.
`;
