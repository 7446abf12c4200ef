/** The invented people with the card that each would put into the reader, odd ones included. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { developmentSet, pathOf, type CertificateEntry } from '../../certs-dev/set.ts';

export interface DemoPerson {
  readonly id: string;
  readonly name: string;
  readonly hsaId: string | null;
  readonly employer: string;
  readonly tags: readonly string[];
  readonly story: string;
  readonly card: (Pick<CertificateEntry, 'certFile' | 'keyFile' | 'p12File'> & { readonly issuerCertFile: string }) | null;
}
interface PersonFile { readonly people: readonly { readonly id: string; readonly employments: readonly { readonly hsaId: string; readonly party: string | null; readonly organisation?: { readonly name?: string } | string }[] }[] }

const displayName = (party: string): string => {
  const { displayName: short, name } = parse(readFileSync(pathOf(`../config/parties/${party}.yaml`), 'utf8')) as { readonly displayName?: string; readonly name: string };
  return short ?? name;
};
const employerOf = ({ party, organisation }: PersonFile['people'][number]['employments'][number]): string => {
  const named = typeof organisation === 'string' ? organisation : organisation?.name;
  return party === null ? (named ?? 'outside all parties') : displayName(party);
};

export const demoPeople = (): readonly DemoPerson[] => {
  const set = developmentSet();
  const file = parse(readFileSync(pathOf('people.yaml'), 'utf8')) as PersonFile;
  const posts = new Map(file.people.map(({ id, employments }) => [id, employments]));
  return set.index.people.map(({ id, name, tags, story, certificates }) => {
    const own = posts.get(id) ?? [];
    const usable = certificates.filter(({ issuer }) => !issuer.includes('mobile'));
    const chosen = usable.find(({ use }) => use === 'authentication') ?? usable[0];
    return {
      id, name, tags, story, hsaId: own[0]?.hsaId ?? null, employer: [...new Set(own.map(employerOf))].join(', '),
      card: chosen === undefined ? null : { certFile: chosen.certFile, keyFile: chosen.keyFile, p12File: chosen.p12File, issuerCertFile: set.authority(chosen.issuer).certFile },
    };
  });
};
