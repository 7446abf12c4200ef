/** Name constraints [RFC 5280 §4.2.1.10, §6.1.3 (b)-(c), §6.1.4 (g)]. Permitted subtrees of several authorities must all hold; excluded ones add up. */
import type { Certificate } from '../certificate.ts';
import type { NameConstraints } from '../extensions.ts';
import { isBelow, type GeneralName } from '../names.ts';
import { oids } from '../oids.ts';
import { fault, type PathFault } from './fault.ts';

const lower = (text: string): string => text.toLowerCase();
const isHostWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);
/** `.example.se` = hosts below, `example.se` = that host alone: e-mail and URI. */
const isHostOf = (host: string, constraint: string): boolean => (constraint.startsWith('.') ? host.endsWith(constraint) && host.length > constraint.length : host === constraint);

const emailMatches = (mailbox: string, constraint: string): boolean => {
  const local = mailbox.slice(0, mailbox.lastIndexOf('@'));
  const host = mailbox.slice(mailbox.lastIndexOf('@') + 1);
  const at = constraint.lastIndexOf('@');
  // The part before @ is compared as it stands: its case may count [RFC 5321 §2.4].
  return at < 0 ? isHostOf(lower(host), lower(constraint)) : local === constraint.slice(0, at) && lower(host) === lower(constraint.slice(at + 1));
};
/** Host of a URI with an authority part, null where there is none or it is an address. */
const uriHost = (uri: string): string | null => {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:]+|\[[^\]]*\])(?::\d*)?(?:[/?#]|$)/i.exec(uri)?.[1];
  return host === undefined || host.startsWith('[') || /^[\d.]+$/.test(host) ? null : lower(host);
};
const ipMatches = (address: Buffer, range: Buffer): boolean => {
  if (range.length !== address.length * 2) return false;
  return address.every((octet, index) => (octet & (range[address.length + index] ?? 0)) === ((range[index] ?? 0) & (range[address.length + index] ?? 0)));
};

/** Whether every name that `name` stands for lies in the subtree. */
const isPermittedBy = (name: GeneralName, base: GeneralName): boolean => {
  if (name.kind === 'dns' && base.kind === 'dns') return base.value === '' || isHostWithin(lower(name.value).replace(/^\*\./, ''), lower(base.value));
  if (name.kind === 'email' && base.kind === 'email') return emailMatches(name.value, base.value);
  if (name.kind === 'uri' && base.kind === 'uri') return isHostOf(uriHost(name.value) ?? '', lower(base.value));
  if (name.kind === 'ip' && base.kind === 'ip') return ipMatches(name.value, base.value);
  return name.kind === 'directory' && base.kind === 'directory' && isBelow(name.value, base.value);
};
/** Whether any name that `name` stands for may lie in the subtree. */
const isTouchedBy = (name: GeneralName, base: GeneralName): boolean => {
  if (isPermittedBy(name, base)) return true;
  // *.example.se also stands for the one label that is excluded (CVE-2025-61727).
  if (name.kind === 'dns' && base.kind === 'dns' && name.value.startsWith('*.')) return lower(base.value).replace(/^[^.]+/, '') === lower(name.value).slice(1);
  // No host to compare with: such a URI never passes a constraint on URIs.
  return name.kind === 'uri' && base.kind === 'uri' && uriHost(name.value) === null;
};

const isUsable = (base: GeneralName): boolean => {
  switch (base.kind) {
    case 'dns': return !base.value.startsWith('.') && !base.value.includes('*');
    case 'ip': return (base.value.length === 8 || base.value.length === 32) && isMask(base.value.subarray(base.value.length / 2));
    default: return true;
  }
};
/** Ones, then zeros: address ranges are written as in CIDR [RFC 4632]. */
const isMask = (mask: Buffer): boolean => /^1*0*$/.test([...mask].map((octet) => octet.toString(2).padStart(8, '0')).join(''));

const sameKind = (a: GeneralName, b: GeneralName): boolean => (a.kind === 'other' ? b.kind === 'other' && a.tag === b.tag : a.kind === b.kind);
/** Subject, alternative names, and the subject's mail address where no alternative name is one [RFC 5280 §4.2.1.10]. */
const namesOf = (certificate: Certificate): readonly GeneralName[] => {
  const { alternativeNames, subjectDn, subject } = certificate;
  const mail = alternativeNames.some(({ kind }) => kind === 'email') ? [] : subject.filter(({ oid }) => oid === oids.emailAddress).map(({ value }): GeneralName => ({ kind: 'email', value }));
  return [...(subjectDn.rdnKeys.length === 0 ? [] : [{ kind: 'directory', value: subjectDn } as const]), ...alternativeNames, ...mail];
};

/** More comparisons than any honest certificate asks for (threats H12). */
const MAX_COMPARISONS = 100_000;
export interface NameRules {
  /** Null = every name of `certificate` is allowed by everything above it. */
  check(certificate: Certificate): PathFault | null;
  /** From here on also these hold. Null = understood. */
  add(constraints: NameConstraints): PathFault | null;
}
export const createNameRules = (): NameRules => {
  const rules: NameConstraints[] = [];
  let left = MAX_COMPARISONS;
  const refuse = (name: GeneralName, { permitted, excluded }: NameConstraints): boolean => {
    const [allowed, barred] = [permitted, excluded].map((list) => list.filter((base) => sameKind(base, name)));
    left -= permitted.length + excluded.length;
    if (allowed === undefined || barred === undefined || left < 0) return true;
    // Constraints on kinds that cannot be compared refuse every name of that kind.
    if (name.kind === 'other') return allowed.length + barred.length > 0;
    return (allowed.length > 0 && !allowed.some((base) => isPermittedBy(name, base))) || barred.some((base) => isTouchedBy(name, base));
  };
  return {
    check: (certificate) => {
      if (rules.length === 0) return null;
      for (const name of namesOf(certificate)) {
        if (rules.some((rule) => refuse(name, rule))) return fault('name-constraints', left < 0 ? 'more name constraints than are looked at' : `a name of the kind ${name.kind} is not permitted by an authority above`, '§6.1.3 (b)-(c)');
      }
      return null;
    },
    add: (constraints) => {
      if (![...constraints.permitted, ...constraints.excluded].every(isUsable)) return fault('name-constraints', 'a name constraint of impossible form', '§4.2.1.10');
      rules.push(constraints);
      return null;
    },
  };
};
