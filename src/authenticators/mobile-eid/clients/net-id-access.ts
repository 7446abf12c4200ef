/**
 * Net iD Access Server, the service behind mobile Efos: SOAP 1.1 over mutual TLS (facts: credentials §2.2). Owns its wire format
 * alone: envelope, statuses, faults. The order reference doubles as the app's start token, so it is shown to the browser that started.
 */
import { BrygganError, fail, isBrygganError } from '../../../core/errors.ts';
import { childElements, element, onlyChild, readXml, textOf, writeXml, type XmlElement, type XmlNode } from '../../../saml/xml/index.ts';
import { isApple, returnOnApple } from './return-address.ts';
import type { Credential, FailureReason, Hint, MobileClient, Polled, StartedOrder } from '../model.ts';

const NIAS = 'http://netid.secmaker.com/nias/';
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';

export interface NetIdAccessSettings {
  /** Address of ServiceServer.asmx. */
  readonly url: string;
  readonly pollMilliseconds: number;
  readonly lifetimeSeconds: number;
  /** Shows the start address as a picture for another device; not every server's app reads it [facts: UNVERIFIED]. */
  readonly startsByPicture: boolean;
  /** One exchange over mutual TLS, bounded in time and size; a 500 is returned too, since faults come with it. Errors: `mobile.unavailable`. */
  readonly post: (url: string, body: string, action: string) => Promise<Uint8Array>;
}

const hints: Readonly<Record<string, Hint>> = { OUTSTANDING_TRANSACTION: 'start-app', NO_CLIENT: 'start-app', STARTED: 'app-started', USER_SIGN: 'user-sign', PENDING: 'app-started' };
/** Statuses and fault words alike end the order; what is not here is our or the service's own fault. */
const reasons: Readonly<Record<string, FailureReason>> = {
  USER_CANCEL: 'cancelled', CANCELLED: 'replaced', ALREADY_IN_PROGRESS: 'replaced', EXPIRED_TRANSACTION: 'expired', START_FAILED: 'expired',
  CERTIFICATE_ERR: 'credential', USER_BLOCKED: 'credential', CLIENT_ERR: 'client', INVALID_DEVICESW: 'client', UNKNOWN_USER: 'unknown-user',
};
const failure = (word: string): Extract<Polled, { kind: 'failed' }> => ({ kind: 'failed', reason: reasons[word] ?? 'internal', detail: /^[A-Z_]{1,40}$/.test(word) ? word : 'a word that is not in the list' });

const nias = (name: string, children: readonly (XmlNode | string)[]): XmlNode => element(`nias:${name}`, {}, children);
const envelope = (operation: string, fields: readonly (readonly [string, string])[]): string =>
  writeXml(element('soap:Envelope', {}, [element('soap:Body', {}, [nias(operation, fields.map(([name, value]) => nias(name, [value])))])]));

type Answer = { readonly kind: 'result'; readonly result: XmlElement } | { readonly kind: 'fault'; readonly word: string };
/** `<Operation>Response` with `<Operation>Result` in it, or a fault whose text is the word. */
const readAnswer = (bytes: Uint8Array, operation: string): Answer => {
  const root = readXml(bytes, 'service-reply');
  const [content] = onlyChild(root, SOAP, 'Body')?.children.filter((child): child is XmlElement => typeof child !== 'string') ?? [];
  if (root.namespace !== SOAP || root.localName !== 'Envelope' || content === undefined) return fail('mobile.unavailable', 'not a SOAP 1.1 answer');
  if (content.namespace === SOAP && content.localName === 'Fault') return { kind: 'fault', word: textOf(onlyChild(content, '', 'faultstring') ?? content).trim() };
  const result = content.namespace === NIAS && content.localName === `${operation}Response` ? onlyChild(content, NIAS, `${operation}Result`) : undefined;
  return result === undefined ? fail('mobile.unavailable', 'the answer is not of the operation that was asked') : { kind: 'result', result };
};

/** Some servers return the result as XML text inside the result [facts: credentials §2.2]. */
const unfolded = (result: XmlElement): XmlElement =>
  (result.children.every((child) => typeof child === 'string') ? readXml(Buffer.from(textOf(result).trim()), 'service-reply') : result);
const fieldOf = (parent: XmlElement | undefined, name: string): string | null => {
  const [found, more] = parent === undefined ? [] : [...childElements(parent, NIAS, name), ...childElements(parent, '', name)];
  if (more !== undefined) return fail('mobile.unavailable', `${name} is repeated`);
  const value = found === undefined ? '' : textOf(found).trim();
  return value === '' ? null : value;
};
const childOf = (parent: XmlElement, name: string): XmlElement | undefined => onlyChild(parent, NIAS, name) ?? onlyChild(parent, '', name);

const credentialIn = (result: XmlElement): Credential => {
  const user = childOf(result, 'userInfo');
  const certificate = fieldOf(user, 'certificate') ?? fail('mobile.unavailable', 'complete without a certificate');
  const device = childOf(result, 'deviceInfo');
  return { certificate: certificate.replace(/\s+/g, ''), intermediates: [], signature: fieldOf(result, 'signature'), userId: fieldOf(user, 'personalNumber') ?? fieldOf(user, 'userId'), deviceAddress: fieldOf(device, 'address'), deviceName: fieldOf(device, 'name') };
};
const statusOf = (result: XmlElement): Polled => {
  const word = fieldOf(result, 'progressStatus') ?? fail('mobile.unavailable', 'an answer without progressStatus');
  if (word === 'COMPLETE') return { kind: 'complete', credential: credentialIn(result) };
  const hint = hints[word];
  return hint === undefined ? failure(word) : { kind: 'pending', hint };
};

/** iOS leads back only to a named address; every other system comes back to the browser by itself [facts: credentials §2.2]. */
const returnFor = (returnUrl: string, userAgent: string): string => (isApple(userAgent) ? returnOnApple(returnUrl, userAgent) : 'null');
const startAddress = (reference: string, back: string): string => `netid:///?autostarttoken=${encodeURIComponent(reference)}&redirect=${back === 'null' ? back : encodeURIComponent(back)}`;

export const createNetIdAccess = (settings: NetIdAccessSettings): MobileClient => {
  /** `read`: what the result means; whatever it cannot read is an answer that cannot be read. */
  const call = async <T>(operation: string, fields: readonly (readonly [string, string])[], read: (result: XmlElement) => T): Promise<T | Extract<Polled, { kind: 'failed' }>> => {
    const bytes = await settings.post(settings.url, envelope(operation, fields), `${NIAS}${operation}`);
    try {
      const answer = readAnswer(bytes, operation);
      return answer.kind === 'fault' ? failure(answer.word) : read(answer.result);
    } catch (error) {
      if (!isBrygganError(error) || error.code === 'mobile.unavailable') throw error;
      throw new BrygganError('mobile.unavailable', `the answer cannot be read: ${error.detail}`, {}, error);
    }
  };
  return {
    otherDevice: settings.startsByPicture ? 'qr' : 'identity',
    pollMilliseconds: settings.pollMilliseconds,
    // An empty personalNumber starts an order for whoever holds the device [facts: credentials §2.2].
    start: ({ person, challenge }) => call('Authenticate', [['personalNumber', person ?? ''], ['userNonVisibleData', challenge]], (result) => {
      const reference = textOf(result).trim();
      if (!/^[\x21-\x7e]{8,200}$/.test(reference)) return fail('mobile.unavailable', 'an order reference that is none');
      return { reference, lifetimeSeconds: settings.lifetimeSeconds, memory: {} };
    }),
    poll: ({ reference }) => call('Collect', [['orderRef', reference]], (result) => statusOf(unfolded(result))),
    cancel: () => Promise.resolve(), // The service has no such operation.
    startUrl: ({ reference }: StartedOrder, returnUrl, userAgent) => startAddress(reference, returnFor(returnUrl, userAgent)),
    qrText: ({ reference }) => (settings.startsByPicture ? startAddress(reference, 'null') : null),
  };
};
