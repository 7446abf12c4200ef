/**
 * What a demo application knows of Bryggan's keys: read at its metadata address under the application's own name, so that a rollover sees
 * who is ready, and again before each answer is judged, so that it lives through any. Believed on the word of the TLS certificate.
 */
import type { IdpCertCallback } from '@node-saml/node-saml';
import { Agent, fetch } from 'undici';
import { namespaces } from '../saml/names.ts';
import { attributeOf, childElements, readXml, textOf } from '../saml/xml/index.ts';

export interface MetadataAddress {
  readonly url: string;
  /** PEM of the authority behind its certificate. */
  readonly ca: string;
}
export interface Followed { readonly certificates: IdpCertCallback; stop(): Promise<void> }
const FOLLOW_MILLISECONDS = 15_000;

/** Of a document with one identity provider; base64 of DER. */
const signingCertificates = (document: Uint8Array): readonly string[] =>
  childElements(readXml(document, 'metadata'), namespaces.md, 'IDPSSODescriptor')
    .flatMap((role) => childElements(role, namespaces.md, 'KeyDescriptor')).filter((key) => (attributeOf(key, 'use') ?? 'signing') === 'signing')
    .flatMap((key) => childElements(key, namespaces.ds, 'KeyInfo')).flatMap((info) => childElements(info, namespaces.ds, 'X509Data')).flatMap((data) => childElements(data, namespaces.ds, 'X509Certificate'))
    .map((certificate) => textOf(certificate).replaceAll(/\s/g, ''));

/** Errors: when metadata cannot be read the first time; later the keys known last go on. */
export const followMetadata = async ({ url, ca }: MetadataAddress): Promise<Followed> => {
  const dispatcher = new Agent({ connect: { ca } });
  const read = async (): Promise<string[]> => {
    const answer = await fetch(url, { dispatcher });
    if (!answer.ok) throw new Error(`${url} answers ${String(answer.status)}`);
    return [...signingCertificates(new Uint8Array(await answer.arrayBuffer()))];
  };
  let known = await read();
  const refresh = async (): Promise<void> => { known = await read().catch(() => known); };
  const timer = setInterval(() => void refresh(), FOLLOW_MILLISECONDS);
  timer.unref();
  return {
    certificates: (done) => { refresh().then(() => { done(null, known); }, (error: unknown) => { done(error instanceof Error ? error : new Error(String(error))); }); },
    stop: async () => {
      clearInterval(timer);
      await dispatcher.close();
    },
  };
};
