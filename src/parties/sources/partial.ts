/** The wanted files without those whose change waits for a person: where these are concerned, what serves goes on serving. */
import type { Change } from '../../federation/review/changes.ts';
import { identityProvidersDirectory, partiesDirectory, servicesDirectory, type Tree } from './tree.ts';

const pathsOf = ({ party, service, provider }: Change): readonly string[] => (provider !== undefined ? [`${identityProvidersDirectory}/${provider}.xml`, `${identityProvidersDirectory}/${provider}.yaml`] : service === null ? [`${partiesDirectory}/${party}.yaml`] : [`${servicesDirectory}/${service}.xml`, `${servicesDirectory}/${service}.yaml`]);
export const withoutRisk = (wanted: Tree, serving: Tree, changes: readonly Change[]): Tree => {
  const files = new Map(wanted);
  for (const path of changes.filter(({ risk }) => risk === 'high').flatMap(pathsOf)) {
    const before = serving.get(path);
    if (before === undefined) files.delete(path);
    else files.set(path, before);
  }
  return new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
};
