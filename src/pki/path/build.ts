/**
 * Finds a path from a certificate up to a trust anchor among given candidates: depth first, the likely ones first, backtracking when
 * a candidate does not hold, nothing fetched, bounded in depth and in signatures (threats H12).
 */
import type { Certificate } from '../certificate.ts';
import { isSameAuthority, isSignedBy, knownVerdict } from '../certificate.ts';
import { fault, type PathFault } from './fault.ts';
import { validatePath, type PathOptions } from './validate.ts';

export interface PathQuestion extends PathOptions {
  readonly leaf: Certificate;
  readonly anchors: readonly Certificate[];
  /** Other authorities, trusted or not. */
  readonly authorities: readonly Certificate[];
  /** The only certificates that may stand directly above the leaf; default: any candidate. */
  readonly leafIssuers?: readonly Certificate[];
}
/** Trust anchor first, leaf last. */
export type PathFound = { readonly path: readonly Certificate[] } | { readonly fault: PathFault };
const MAX_SIGNATURES = 48;
const MAX_CERTIFICATES = 12;

/** A verdict that is known costs nothing; one that there is no work left for is no verdict, and is not kept. */
const holdsBetween = (certificate: Certificate, signer: Certificate, work: { signatures: number }): boolean => {
  const known = knownVerdict(certificate, signer);
  if (known !== undefined) return known;
  work.signatures -= 1;
  return work.signatures >= 0 && isSignedBy(certificate, signer);
};
/** Key identifiers order the candidates; they never decide [RFC 5280 §4.2.1.1]. */
const likelyFirst = (certificate: Certificate, candidates: readonly Certificate[]): readonly Certificate[] => {
  const wanted = certificate.authorityKeyId?.keyId;
  const [likely, others]: [Certificate[], Certificate[]] = [[], []];
  for (const candidate of candidates) (candidate.subjectKeyId !== null && candidate.subjectKeyId === wanted ? likely : others).push(candidate);
  return [...likely, ...others];
};
/** The fault that says most: what was wrong with a path that otherwise led to an anchor, before "no path at all". */
const moreTelling = (a: PathFault, b: PathFault): PathFault => (a.reason === 'no-issuer' ? b : a);

/** The first path that holds, or why the most promising one does not. */
export const findPath = (question: PathQuestion): PathFound => {
  const work = { signatures: MAX_SIGNATURES };
  let worst = fault('no-issuer', 'no path leads to a trust anchor', '§6.1');
  const search = (below: readonly Certificate[]): readonly Certificate[] | null => {
    const [current] = below;
    if (current === undefined || below.length >= MAX_CERTIFICATES) return null;
    const named = (list: readonly Certificate[]): readonly Certificate[] => likelyFirst(current, list.filter(({ subjectDn }) => subjectDn.key === current.issuerDn.key));
    const mayStandAbove = (candidate: Certificate): boolean => below.length > 1 || question.leafIssuers === undefined || question.leafIssuers.includes(candidate);
    for (const anchor of named(question.anchors)) {
      if (!mayStandAbove(anchor) || !holdsBetween(current, anchor, work)) continue;
      const path = [anchor, ...below];
      const found = validatePath(path, question);
      if (found === null) return path;
      worst = moreTelling(worst, found);
    }
    for (const authority of named(question.authorities)) {
      // An authority never stands twice in one path, under whatever certificate.
      if (!mayStandAbove(authority) || below.some((other) => isSameAuthority(other, authority)) || !holdsBetween(current, authority, work)) continue;
      const path = search([authority, ...below]);
      if (path !== null) return path;
    }
    return null;
  };
  const path = search([question.leaf]);
  if (path !== null) return { path };
  return { fault: work.signatures < 0 ? fault('work', 'more candidate issuers than are tried', '§6.1') : worst };
};
