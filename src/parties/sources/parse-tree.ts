/** Bytes of the tree to parties and services, each file parsed once per content: a reload pays for what changed. */
import { setImmediate } from 'node:timers/promises';
import { isBrygganError, toBrygganError } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import { toPartyId, toServiceId } from '../../core/ids.ts';
import { readYaml, type YamlReading } from '../../core/yaml-file.ts';
import type { IdentityProviderSource, PartySource, RegistryContent, ServiceDescription, ServiceSource } from '../content.ts';
import { clientFrom, type ClientFile } from '../client-file.ts';
import { identityProviderFileSchema, type IdentityProviderFile } from '../identity-provider-file.ts';
import { partyFileSchema, type PartyFile } from '../party-file.ts';
import { serviceFileSchema, type ServiceFile } from '../service-file.ts';
import { readIdentityProviderMetadata } from '../../saml/metadata/read-identity-provider.ts';
import { contentHash, identityProvidersDirectory, partiesDirectory, servicesDirectory, type Tree } from './tree.ts';

/** Reads an EntityDescriptor; fails with `saml.metadata` whose facts hold line, element and fix. */
export type ReadServiceMetadata = (bytes: Uint8Array, fileName: string) => ServiceDescription;
type Description<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly findings: readonly Finding[] };
interface Parsed { readonly hash: string; readonly result: unknown }
/** By path; holds what was parsed last. */
export type ParseCache = Map<string, Parsed>;

const BREATHE_EVERY = 8;
const finding = (file: string, rule: string, message: string, fix: string, severity: Finding['severity'] = 'error'): Finding => ({ file, line: null, column: null, path: '', severity, rule, message, fix });

const describe = <T>(bytes: Uint8Array, file: string, read: (bytes: Uint8Array, fileName: string) => T): Description<T> => {
  try {
    return { ok: true, value: read(bytes, file) };
  } catch (thrown) {
    const { facts, detail } = toBrygganError(thrown);
    if (!isBrygganError(thrown)) throw thrown;
    const at = typeof facts['line'] === 'number' ? facts['line'] : null;
    const fix = typeof facts['fix'] === 'string' ? facts['fix'] : 'export the metadata again from the service';
    // The reader's sentence begins with file and place, and ends with the fix: both have their own column here.
    const message = detail.replace(`${file}:${at ?? ''}`, '').replace(file, '').replace(/^[:\s]+/, '').replace(/; fix: .*$/s, '');
    return { ok: false, findings: [{ file, line: at, column: null, path: typeof facts['element'] === 'string' ? facts['element'] : '', severity: 'error', rule: 'metadata', message: message.replace(/^\([^)]*\):\s*/, ''), fix }] };
  }
};

interface Group { readonly party: string; readonly name: string; readonly xml: string | null; readonly yaml: string | null }
/** `<name>.xml` and `<name>.yaml` belong together. */
const groupsIn = (directory: string, tree: Tree, report: (finding: Finding) => void): readonly Group[] => {
  const groups = new Map<string, Group>();
  for (const path of tree.keys()) {
    if (!path.startsWith(`${directory}/`)) continue;
    const [party = '', file = ''] = path.slice(directory.length + 1).split('/');
    const [, name, kind] = /^(.+)\.(xml|yaml)$/.exec(file) ?? [];
    if (name === undefined) {
      if (!/^readme(?:\.|$)/i.test(file)) report(finding(path, 'file-ignored', 'is neither .xml nor .yaml and is not read', 'rename or remove it', 'warning'));
      continue;
    }
    const before = groups.get(`${party}/${name}`) ?? { party, name, xml: null, yaml: null };
    groups.set(`${party}/${name}`, { ...before, [kind === 'xml' ? 'xml' : 'yaml']: path });
  }
  return [...groups.values()];
};
const named = <T>(file: string, make: () => T, report: (finding: Finding) => void): T | null => {
  try {
    return make();
  } catch {
    report(finding(file, 'file-name', 'has a name that cannot be an id', 'name party directories with lower-case letters, digits and hyphens, and files also with dots'));
    return null;
  }
};

/** Parses a file of the tree, or remembers what the same content gave. */
type Once = <T>(path: string, parse: (bytes: Buffer) => T) => Promise<T>;
interface Work { readonly tree: Tree; readonly once: Once; readonly report: (finding: Finding) => void }

const cached = (tree: Tree, cache: ParseCache): Once => {
  let count = 0;
  return async <T>(path: string, parse: (bytes: Buffer) => T): Promise<T> => {
    const bytes = tree.get(path) ?? Buffer.alloc(0);
    const hash = contentHash(bytes);
    const known = cache.get(path);
    if (known?.hash === hash) return known.result as T;
    const result = parse(bytes);
    cache.set(path, { hash, result });
    count += 1;
    // A reload runs beside logins: the event loop gets its turn.
    if (count % BREATHE_EVERY === 0) await setImmediate();
    return result;
  };
};

const parseParties = async ({ tree, once, report }: Work): Promise<readonly PartySource[]> => {
  const parties: PartySource[] = [];
  let files = 0;
  for (const path of tree.keys()) {
    if (!path.startsWith(`${partiesDirectory}/`)) continue;
    if (!path.endsWith('.yaml')) {
      report(finding(path, 'file-ignored', 'is not .yaml and is not read', 'rename or remove it', 'warning'));
      continue;
    }
    files += 1;
    const id = named(path, () => toPartyId(path.slice(partiesDirectory.length + 1, -'.yaml'.length)), report);
    const reading = await once(path, (bytes): YamlReading<PartyFile> => readYaml(bytes, path, partyFileSchema));
    if (!reading.ok) reading.findings.forEach(report);
    else if (id !== null) parties.push({ id, value: reading.value, source: reading.source });
  }
  if (files === 0) report(finding(partiesDirectory, 'no-parties', 'holds no party', 'write <party>.yaml; is BRYGGAN_ROOT the right directory'));
  return parties;
};

const twoKinds = (file: string, report: Work['report']): null => {
  report(finding(file, 'two-kinds', 'has the key oidc, but SAML metadata beside it', 'keep one: a service speaks one protocol'));
  return null;
};
const clientService = ({ party, name, file }: { readonly party: string; readonly name: string; readonly file: string }, oidc: ClientFile, { value, source }: Extract<YamlReading<ServiceFile>, { ok: true }>, report: Work['report']): ServiceSource | null => {
  const ids = named(file, () => ({ id: toServiceId(`${party}/${name}`), party: toPartyId(party) }), report);
  return ids === null ? null : { ...ids, file, description: { wire: clientFrom(oidc, value.entityCategories), names: {}, logos: [], notes: [] }, value, source };
};

const parseService = async ({ party, name, xml, yaml }: Group, { once, report }: Work, read: ReadServiceMetadata): Promise<ServiceSource | null> => {
  const settings = yaml === null ? null : await once(yaml, (bytes): YamlReading<ServiceFile> => readYaml(bytes, yaml, serviceFileSchema));
  if (settings?.ok === false) settings.findings.forEach(report);
  const oidc = settings?.ok === true ? settings.value.oidc : undefined;
  if (oidc !== undefined && yaml !== null && settings?.ok === true) return xml === null ? clientService({ party, name, file: yaml }, oidc, settings, report) : twoKinds(yaml, report);
  if (xml === null) {
    report(finding(yaml ?? servicesDirectory, 'metadata-missing', `has no ${name}.xml beside it`, `save the service's SAML metadata as ${name}.xml in the same directory, or write the key oidc for an OpenID Connect client`));
    return null;
  }
  const description = await once(xml, (bytes) => describe(bytes, xml, read));
  if (!description.ok) description.findings.forEach(report);
  const ids = named(xml, () => ({ id: toServiceId(`${party}/${name}`), party: toPartyId(party) }), report);
  if (!description.ok || ids === null || settings?.ok === false) return null;
  return { ...ids, file: xml, description: description.value, value: settings?.value ?? serviceFileSchema.parse({}), source: settings?.source ?? null };
};

const parseProvider = async ({ party, name, xml, yaml }: Group, { once, report }: Work): Promise<IdentityProviderSource | null> => {
  if (yaml === null) {
    report(finding(xml ?? identityProvidersDirectory, 'trust-missing', `has no ${name}.yaml beside it`, `write ${name}.yaml with the key trust: without it nothing that the identity provider says is believed`));
    return null;
  }
  const settings = await once(yaml, (bytes): YamlReading<IdentityProviderFile> => readYaml(bytes, yaml, identityProviderFileSchema));
  const ids = named(yaml, () => ({ id: toServiceId(`${party}/${name}`), party: toPartyId(party) }), report);
  if (!settings.ok) settings.findings.forEach(report);
  if (!settings.ok || ids === null) return null;
  const { value, source } = settings;
  if (value.oidc !== undefined && xml !== null) return twoKinds(yaml, report);
  if (value.oidc === undefined && xml === null) {
    report(finding(yaml, 'metadata-missing', `has no ${name}.xml beside it`, `save the identity provider's SAML metadata as ${name}.xml in the same directory, or write the key oidc for an OpenID Connect issuer`));
    return null;
  }
  if (xml === null) return { ...ids, file: yaml, description: null, value, source };
  const description = await once(xml, (bytes) => describe(bytes, xml, readIdentityProviderMetadata));
  if (!description.ok) description.findings.forEach(report);
  return description.ok ? { ...ids, file: xml, description: description.value, value, source } : null;
};

/** What could be read, and every fault. `version` is put in as it comes. */
export const parseTree = async (tree: Tree, version: string, read: ReadServiceMetadata, cache: ParseCache): Promise<{ readonly content: RegistryContent; readonly findings: readonly Finding[] }> => {
  const findings: Finding[] = [];
  const work: Work = { tree, once: cached(tree, cache), report: (one) => { findings.push(one); } };
  for (const path of cache.keys()) if (!tree.has(path)) cache.delete(path);
  const parties = await parseParties(work);
  const services: ServiceSource[] = [];
  for (const group of groupsIn(servicesDirectory, tree, work.report)) {
    const service = await parseService(group, work, read);
    if (service !== null) services.push(service);
  }
  const identityProviders: IdentityProviderSource[] = [];
  for (const group of groupsIn(identityProvidersDirectory, tree, work.report)) {
    const provider = await parseProvider(group, work);
    if (provider !== null) identityProviders.push(provider);
  }
  return { content: { version, parties, services, identityProviders }, findings };
};
