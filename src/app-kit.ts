/** What the guide says of ourselves: public facts alone. Used by app-tools.ts. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { OurFacts } from './admin/kit/guide.ts';
import { publishedCertificates } from './app-keys.ts';
import type { Configuration } from './config/model.ts';

export const ourFacts = (configuration: Configuration): OurFacts => {
  const { publicUrl, entityId, serviceName, operator, environment } = configuration;
  const published = publishedCertificates(configuration).map(([what, file]) => ({ what, certificate: new X509Certificate(readFileSync(file)) }));
  const those = (word: string): OurFacts['signingCertificates'] => published.filter(({ what }) => what.startsWith(word)).map(({ certificate }) => ({ certificate: certificate.raw.toString('base64'), notAfter: certificate.validToDate.getTime() }));
  const contact = operator.contacts.find(({ kind }) => kind === 'technical') ?? operator.contacts[0];
  return {
    publicUrl, entityId, name: serviceName, operator: operator.displayNames, environment,
    contact: { email: contact?.email ?? operator.support.email, phone: contact?.phone ?? operator.support.phone },
    signingCertificates: those('SAML signing'), metadataCertificates: those('metadata signing'),
  };
};
