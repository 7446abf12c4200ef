/** RFC 5280 §6.1 over one candidate path, trust anchor first. Signatures are not looked at here: build.ts only joins certificates whose signature holds. */
import type { Instant } from '../../core/ports.ts';
import type { Certificate } from '../certificate.ts';
import { oids } from '../oids.ts';
import { fault, type PathFault } from './fault.ts';
import { createNameRules } from './name-constraints.ts';
import { anyPolicyAtAll, createPolicyState, type PolicyOptions } from './policies.ts';
import { checkProfile } from './profile.ts';

export interface PathOptions {
  /** Null: dates are not looked at (used when a trust store is put together). */
  readonly now: Instant | null;
  /** Extended key usage that the leaf must allow; a certificate without the extension allows every one. */
  readonly keyPurpose: string | null;
  readonly policies?: PolicyOptions;
  /** Certificates between trust anchor and leaf that are not self-issued. */
  readonly maxIntermediates: number;
}
const SECOND = 1000;

/** Certificates count in whole seconds, both ends included [RFC 5280 §4.1.2.5]. */
export const checkDates = ({ notBefore, notAfter }: Pick<Certificate, 'notBefore' | 'notAfter'>, now: Instant): PathFault | null => {
  if (now < notBefore) return fault('not-yet-valid', 'a certificate is not valid yet', '§6.1.3 (a) (2)');
  return Math.floor(now / SECOND) * SECOND > notAfter ? fault('expired', 'a certificate has expired', '§6.1.3 (a) (2)') : null;
};
/** Authorities may narrow what those below them are for; the leaf must allow the purpose itself [RFC 5280 §4.2.1.12]. */
const checkPurpose = ({ extendedKeyUsage }: Certificate, purpose: string | null): PathFault | null =>
  purpose === null || extendedKeyUsage === null || extendedKeyUsage.includes(purpose) || extendedKeyUsage.includes(oids.anyExtendedKeyUsage)
    ? null : fault('extended-key-usage', `the extended key usage leaves out ${purpose}`, '§4.2.1.12');

/** Null = the path holds. `path`: trust anchor, authorities, leaf; at least two certificates. */
export const validatePath = (path: readonly Certificate[], options: PathOptions): PathFault | null => {
  const [anchor, ...rest] = path;
  if (anchor === undefined || rest.length === 0) return fault('depth', 'a path needs a trust anchor and a leaf', '§6.1');
  const names = createNameRules();
  const policies = createPolicyState(rest.length, options.policies ?? anyPolicyAtAll);
  let remaining = options.maxIntermediates;
  /** What an authority leaves to those below it [RFC 5280 §6.1.4 (g), (m); for the anchor RFC 5937]. */
  const bequeath = (authority: Certificate): PathFault | null => {
    remaining = Math.min(remaining, authority.basicConstraints?.pathLength ?? remaining);
    return authority.nameConstraints === null ? null : names.add(authority.nameConstraints);
  };
  const own = (certificate: Certificate, role: 'anchor' | 'authority' | 'leaf'): PathFault | null =>
    (options.now === null ? null : checkDates(certificate, options.now)) ?? checkProfile(certificate, role) ?? checkPurpose(certificate, options.keyPurpose);

  const anchorFault = own(anchor, 'anchor') ?? bequeath(anchor);
  if (anchorFault !== null) return anchorFault;
  for (const [index, certificate] of rest.entries()) {
    const isLast = index === rest.length - 1;
    const above = path[index];
    if (above === undefined || certificate.issuerDn.key !== above.subjectDn.key) return fault('names', 'issuer and subject names do not chain', '§6.1.3 (a) (4)');
    const found = own(certificate, isLast ? 'leaf' : 'authority')
      ?? (isLast || !certificate.selfIssued ? names.check(certificate) : null)
      ?? policies.step(certificate, isLast);
    if (found !== null) return found;
    if (isLast) break;
    if (!certificate.selfIssued && remaining <= 0) return fault('path-length', 'more authorities below one than it allows', '§6.1.4 (l)');
    if (!certificate.selfIssued) remaining -= 1;
    const inherited = bequeath(certificate);
    if (inherited !== null) return inherited;
  }
  return null;
};
