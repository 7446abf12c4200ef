/** What a login would make of a certificate, told step by step to whoever presented it: the help desk's card test. Makes no identity. */
import { toBrygganError } from '../../core/errors.ts';
import type { CardReport } from '../../login/pages.ts';
import { issuerOf, oids, parseCertificate, subjectValue, verifyChain, type Certificate } from '../../pki/index.ts';
import { authenticateCard, type CertificateMethodPorts, type CertificateMethodSettings } from './authenticate.ts';
import type { PresentedCertificate } from './card-endpoint.ts';

/** What is read does not fail: a certificate that cannot be read is none. */
const attempt = <T>(read: () => T): T | null => {
  try {
    return read();
  } catch {
    return null;
  }
};
/** The last four digits of a number are its holder's alone, also on a screen that the help desk shares. */
const shown = (identifier: string): string => (/^\d{12}$/.test(identifier) ? `${identifier.slice(0, 8)}-••••` : identifier);
const factsOf = (leaf: Certificate, listed: string | null): NonNullable<CardReport['certificate']> => {
  const name = subjectValue(leaf, oids.commonName) ?? [oids.givenName, oids.surname].flatMap((oid) => subjectValue(leaf, oid) ?? []).join(' ');
  const identifier = subjectValue(leaf, oids.serialNumber);
  return {
    holder: name, identifier: identifier === null ? null : shown(identifier), issuer: leaf.issuerName, listed,
    serial: leaf.serial, validFrom: leaf.notBefore, validTo: leaf.notAfter, policies: leaf.policies,
  };
};

export const inspectCard = async (presented: PresentedCertificate | null, settings: CertificateMethodSettings, ports: CertificateMethodPorts): Promise<CardReport> => {
  const leaf = presented === null ? null : attempt(() => parseCertificate(presented.leafDer));
  const wanted = { credentialTypes: ['card'], issuers: settings.issuers } as const;
  // An expired card's issuer is on the list all the same: the help desk would look for the fault in the wrong place.
  const listed = leaf === null ? null : attempt(() => issuerOf(leaf, ports.trust, wanted).row.id);
  const chain = presented === null ? null : attempt(() => verifyChain(presented.leafDer, ports.trust, { ...wanted, now: ports.clock.now() }));
  const verdict = await authenticateCard(presented, settings, ports).then(
    ({ level }): CardReport['verdict'] => ({ ok: true, level }),
    (error: unknown): CardReport['verdict'] => ({ ok: false, code: toBrygganError(error).code }),
  );
  return { verdict, certificate: leaf === null ? null : factsOf(leaf, listed), revocation: chain === null ? null : ports.revocation.check(chain) };
};
