/** The thread that asks xml-crypto. What we write is canonical: what the signature covers must be the document without its Signature, octet for octet. */
import { parentPort, workerData } from 'node:worker_threads';
import { SignedXml } from 'xml-crypto';

const SIGNATURE = /<ds:Signature .*?<\/ds:Signature>/s;
const isGenuine = (text: string, certificate: string): boolean => {
  const [signature] = SIGNATURE.exec(text) ?? [];
  if (signature === undefined) return false;
  const checker = new SignedXml({ publicCert: certificate, getCertFromKeyInfo: () => null });
  checker.loadSignature(signature);
  if (!checker.checkSignature(text)) return false;
  const [covered, ...more] = checker.getSignedReferences();
  return more.length === 0 && covered === text.replace(SIGNATURE, '');
};
const passes = (text: string, certificate: string): boolean => {
  try {
    return isGenuine(text, certificate);
  } catch {
    return false;
  }
};
const { certificate, documents } = workerData as { certificate: string; documents: readonly string[] };
const wrong = documents.findIndex((text) => !passes(text, certificate));
parentPort?.postMessage(wrong < 0 ? null : wrong);
