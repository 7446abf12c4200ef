/** Distinguished names, as far as a place in HSA's tree must be told from one. */
import type { OrganisationNumber } from '../core/ids.ts';

/** Up to the first comma that is not escaped or quoted [RFC 4514 §3]; undefined at the top. */
export const parentOf = (dn: string): string | undefined => {
  let quoted = false;
  for (let at = 0; at < dn.length; at += 1) {
    if (dn[at] === '\\') at += 1;
    else if (dn[at] === '"') quoted = !quoted;
    else if (dn[at] === ',' && !quoted) return dn.slice(at + 1).trimStart();
  }
  return undefined;
};
/** Nearest first. */
export const ancestorsOf = (dn: string): readonly string[] => {
  const parent = parentOf(dn);
  return parent === undefined || parent === '' ? [] : [parent, ...ancestorsOf(parent)];
};
export const normalDn = (dn: string): string => dn.toLowerCase().replace(/\s*([,=])\s*/g, '$1');

/** An organisation by its place in the tree, for sources that do not give its number themselves. */
export interface OrganisationPlace { readonly dn: string; readonly name: string; readonly number: OrganisationNumber }
/** The nearest configured organisation at or above `dn`. */
export const organisationAt = (dn: string, places: readonly OrganisationPlace[]): OrganisationPlace | undefined => {
  const path = [dn, ...ancestorsOf(dn)].map(normalDn);
  return path.flatMap((step) => places.find((place) => normalDn(place.dn) === step) ?? [])[0];
};
/** A number that belongs to nobody: the post is real, its employer is none of ours. */
export const unknownOrganisation = { name: '', number: '0000000000' as OrganisationNumber, hsaId: null } as const;
