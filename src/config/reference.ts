/** docs/configuration.md, made from the schemas and the rule tables, so that it cannot say anything else than they do. */
import type { z } from 'zod';
import { viewOf, type SchemaView } from '../core/schema-faults.ts';
import { partyFileSchema } from '../parties/party-file.ts';
import { identityProviderFileSchema } from '../parties/identity-provider-file.ts';
import { serviceFileSchema } from '../parties/service-file.ts';
import { fileRules } from './file-rules.ts';
import { fileNames, fileOf, schemas } from './files.ts';
import { productionRules } from './production-rules.ts';
import { crossRules } from './rules.ts';

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;
const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The members of a choice; a single shape is a choice of one. */
const choices = (view: SchemaView): readonly SchemaView[] => view.oneOf ?? view.anyOf ?? [view];
const bounds = ({ minimum, maximum }: SchemaView): string => {
  const high = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (minimum === undefined && high === undefined) return '';
  const low = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  return low !== undefined && high !== undefined ? ` ${low} to ${high}` : low !== undefined ? ` from ${low}` : high === undefined ? '' : ` up to ${high}`;
};
const kindOf = (view: SchemaView): string => {
  if (view.const !== undefined) return code(shown(view.const));
  if (view.enum !== undefined) return view.enum.map((value) => code(shown(value))).join(', ');
  const inner = choices(view);
  if (inner.length > 1) {
    const scalars = inner.filter(({ properties }) => properties === undefined);
    return scalars.length === inner.length ? scalars.map(kindOf).join(' or ') : 'map';
  }
  if (view.prefixItems !== undefined) return `list of ${view.prefixItems.length} ${kindOf(view.prefixItems[0] ?? {})}s`;
  if (view.type === 'array') return view.items === undefined ? 'list' : `list of ${kindOf(view.items)}`;
  if (view.type === 'object' || view.oneOf !== undefined) return 'map';
  if (view.type === 'string') return 'text';
  if (view.type === 'null') return '`null`';
  return view.type === 'integer' || view.type === 'number' ? `number${bounds(view)}` : 'true or false';
};

interface Row { readonly path: string; readonly kind: string; readonly needed: string; readonly means: string }
const neededOf = (view: SchemaView, required: boolean): string => {
  if (required) return 'required';
  const preset = view.default;
  return preset === undefined || (typeof preset === 'object' && preset !== null && Object.keys(preset).length === 0 && !Array.isArray(preset)) ? 'optional' : `default ${code(JSON.stringify(preset))}`;
};
const meaningOf = (view: SchemaView): string => {
  const example = view.examples?.[0];
  const parts = [view.description ?? '', example === undefined || view.enum !== undefined ? '' : `e.g. ${code(shown(example))}`].filter((part) => part !== '');
  return parts.join('; ').replaceAll('|', '\\|');
};

const below = (view: SchemaView, path: string): readonly Row[] => {
  if (view.type === 'array' && view.items !== undefined) return below(view.items, `${path}[]`);
  const branches = choices(view);
  const kinds = branches.flatMap(({ properties }) => (typeof properties?.['kind']?.const === 'string' ? [properties['kind'].const] : []));
  if (kinds.length > 1) {
    // A choice by `kind`: one row for it, then each member's own keys under its name.
    const own = branches.flatMap((branch, index) => below(branch, `${path}(${kinds[index] ?? ''})`).filter((row) => !row.path.endsWith(').kind')));
    return [{ path: `${path}.kind`, kind: kinds.map(code).join(', '), needed: 'required', means: '' }, ...own];
  }
  return branches.flatMap((branch) => {
    if (branch !== view) return below(branch, path);
    const named = Object.entries(branch.properties ?? {}).flatMap(([key, property]) => rowsOf(property, path === '' ? key : `${path}.${key}`, branch.required?.includes(key) === true && property.default === undefined));
    const any = typeof branch.additionalProperties === 'object' ? rowsOf(branch.additionalProperties, `${path}.<name>`, false) : [];
    return [...named, ...any];
  });
};
const rowsOf = (view: SchemaView, path: string, required: boolean): readonly Row[] => [{ path, kind: kindOf(view), needed: neededOf(view, required), means: meaningOf(view) }, ...below(view, path)];

/** sv/en pairs are understood from the row above them. */
const worthShowing = ({ path }: Row): boolean => !/\.(?:sv|en)$/.test(path);
const table = (schema: z.ZodType): string => [
  '| key | value | | meaning |', '|---|---|---|---|',
  ...below(viewOf(schema), '').filter(worthShowing).map(({ path, kind, needed, means }) => `| ${code(path)} | ${kind} | ${needed} | ${means} |`),
].join('\n');
const ruleTable = (rules: readonly { readonly id: string; readonly says: string }[]): string => ['| rule | what holds |', '|---|---|', ...rules.map(({ id, says }) => `| ${code(id)} | ${says} |`)].join('\n');

const intros: Readonly<Record<(typeof fileNames)[number], string>> = {
  broker: 'Who we are, where we listen, which keys and stores we use.',
  methods: 'The ways to log in, in the order in which they are offered.',
  issuers: 'Which authorities are trusted for what.',
  directory: 'Where facts about people come from.',
  release: 'Who may be trusted with which facts: deny by default, at least one rule must vote, any denial wins.',
  federation: 'What differs between the federations that services belong to.',
};

/** A root of one's own that NODE_ENV=production accepts; a test starts from it. */
export const productionExample = `environment: production
publicUrl: https://idp.example.se
entityId: https://idp.example.se/saml/metadata
serviceName: { sv: Inloggning, en: Login }
operator:
  names: { sv: Region Exempel, en: Region Example }
  displayNames: { sv: Region Exempel, en: Region Example }
  urls: { sv: 'https://www.example.se/', en: 'https://www.example.se/en' }
  contacts:
    - { kind: technical, name: Driften, email: drift@example.se }
    - { kind: security, name: IT-säkerhet, email: sakerhet@example.se }
  support: { name: Servicedesk, phone: 031-390 06 99, email: servicedesk@example.se, hours: { sv: Dygnet runt, en: Around the clock } }
listeners:
  public:
    address: 192.0.2.10
    port: 443
    tls: { certificateFile: /etc/bryggan/secrets/public.crt.pem, keyFile: /etc/bryggan/secrets/public.key.pem }
  card:
    hosts: [kort.example.se]
    address: 192.0.2.11
    port: 443
    tls: { certificateFile: /etc/bryggan/secrets/card.crt.pem, keyFile: /etc/bryggan/secrets/card.key.pem }
keys:
  samlSigning:
    - { certificateFile: /etc/bryggan/secrets/saml-signing.crt.pem, keyFile: /etc/bryggan/secrets/saml-signing.key.pem }
  samlMetadata: { certificateFile: /etc/bryggan/secrets/metadata.crt.pem, keyFile: /etc/bryggan/secrets/metadata.key.pem }
store:
  kind: redis
  url: unix:///run/redis/redis.sock
  username: bryggan
  passwordFile: /etc/bryggan/secrets/redis-password
`;

export const configurationReference = (): string => `# Configuration

Made from the schemas by \`node src/config/write-reference.ts\`; a test fails when it is not current. Files lie below \`BRYGGAN_ROOT\` (default: the working directory).
An unknown key is a fault. Relative paths begin at the root. \`bryggan check\` lists every fault with file, line and remedy.

| environment variable | meaning |
|---|---|
| \`BRYGGAN_ROOT\` | directory that holds \`config/\` and \`metadata/\` |
| \`BRYGGAN_STATE\` | what the service writes: keys it makes, audit, embedded store, last good registry; default \`<root>/state\` |
| \`NODE_ENV\` | \`production\` hardens: the production rules below hold |
| \`REDIS_URL\` | store where \`store\` names none; never in production |

\`config/*.yaml\` is read at start. \`config/parties\` and \`metadata/services\` are looked at every other second: a change counts when two reads half a second apart
are the same, and is taken all or nothing; what does not validate leaves the last good registry serving, raises an alarm and is put on record.

${fileNames.map((name) => `## ${fileOf(name)}\n\n${intros[name]}\n\n${table(schemas[name])}`).join('\n\n')}

## config/parties/\\<party\\>.yaml

A party: its name in files and URLs is the file's name. \`joint\` holds services that all parties share.

${table(partyFileSchema)}

## metadata/services/\\<party\\>/\\<name\\>.yaml

Beside \`<name>.xml\`, the service's SAML metadata. Without it all defaults hold, and no attribute leaves.

${table(serviceFileSchema)}

## metadata/identity-providers/\\<party\\>/\\<name\\>.yaml

Beside \`<name>.xml\`, the SAML metadata of a party's IdP; alone, with the key \`oidc\`, for an OpenID Connect issuer. What stands under \`trust\` is all that it is believed in.

${table(identityProviderFileSchema)}

## Rules between keys

${ruleTable(crossRules)}

## Rules on files that are referred to

${ruleTable(fileRules)}

## Production rules

With \`NODE_ENV=production\`, independent of \`environment\`. The store itself is asked when it connects: \`noeviction\`, and no more rights than needed.

${ruleTable(productionRules)}

### A \`config/broker.yaml\` that passes

The files it names belong to the service's user and have mode 0600; \`config/methods.yaml\` gives \`cardUrl: https://kort.example.se\`; \`config/issuers.yaml\` enables the authorities of the environment.

\`\`\`yaml
${productionExample}\`\`\`
`;
