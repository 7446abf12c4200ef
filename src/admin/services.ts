/** `service add|remove`: writes or removes a service's files, after a trial in memory: what would not validate is not written. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { fail } from '../core/errors.ts';
import { describeFinding, isError, type Finding } from '../core/findings.ts';
import { toServiceId, type PartyId } from '../core/ids.ts';
import { planOf, type Plan, type WantedAndApplied } from './plan.ts';

/** The files as they would be; null = gone. */
export type Trial = (changed: ReadonlyMap<string, Buffer | null>) => Promise<WantedAndApplied>;
/** The owner's file, or an entity that a source of config/federation.yaml publishes. */
export type NewMetadata = { readonly file: string } | { readonly source: string; readonly entityId: string };
export interface ServicePorts {
  readonly root: string;
  readonly trial: Trial;
  /** Settings files that name a source in vain. */
  readonly unsuppliable: (files: ReadonlyMap<string, Buffer>) => readonly Finding[];
}
export interface NewService { readonly id: string; readonly metadata: NewMetadata; readonly federation: string; readonly homeUrl: string | undefined }

const pathsOf = (id: string): { readonly xml: string; readonly yaml: string } => ({ xml: `metadata/services/${id}.xml`, yaml: `metadata/services/${id}.yaml` });
const serviceId = (text: string): string => {
  try {
    return toServiceId(text);
  } catch {
    return fail('command.usage', 'a service is called <party>/<name>, in lower-case letters, digits and hyphens');
  }
};

/** Errors: `command.usage`, or `config.invalid` with every fault that the new files would bring; then nothing was written. */
export const addService = async ({ id: text, metadata, federation, homeUrl }: NewService, { root, trial, unsuppliable }: ServicePorts): Promise<Plan> => {
  const id = serviceId(text);
  const { xml, yaml } = pathsOf(id);
  if ([xml, yaml].some((path) => existsSync(join(root, path)))) return fail('command.usage', `${id} exists: change its files, or remove it first`);
  if ('file' in metadata && !existsSync(metadata.file)) return fail('command.usage', `${metadata.file} is not there: save the service's metadata and name that file`);
  const settings = Buffer.from(stringify({ federation, ...(homeUrl === undefined ? {} : { homeUrl }), ...('file' in metadata ? {} : { metadataFrom: metadata }) }));
  const files = new Map<string, Buffer>([...('file' in metadata ? [[xml, readFileSync(metadata.file)] as const] : []), [yaml, settings]]);
  const tried = await trial(files);
  const faults = [...unsuppliable(new Map([[yaml, settings]])), ...tried.wanted.findings.filter(isError).filter(({ file }) => file === xml || file === yaml)];
  if (faults.length > 0) return fail('config.invalid', `the service cannot be added:\n${faults.map(describeFinding).join('\n')}`);
  if (tried.serving !== null && !tried.serving.registry.parties.has(id.split('/')[0] as PartyId)) return fail('command.usage', `there is no party ${id.split('/')[0] ?? ''}; \`bryggan party list\` names them all`);
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes, { flag: 'wx' });
  }
  return planOf(tried);
};

/** Errors: `command.usage` when there is no such service. */
export const removeService = async (text: string, root: string, trial: Trial): Promise<Plan> => {
  const { xml, yaml } = pathsOf(serviceId(text));
  const there = [xml, yaml].filter((path) => existsSync(join(root, path)));
  if (there.length === 0) return fail('command.usage', `there is no service ${text}; \`bryggan service list\` names them all`);
  const tried = await trial(new Map(there.map((path) => [path, null])));
  for (const path of there) rmSync(join(root, path));
  return planOf(tried);
};
