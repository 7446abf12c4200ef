/**
 * A simulated Net iD Access Server: SOAP 1.1 over mutual TLS on a port of its own, every request held against the service's description
 * element by element, orders as the real one keeps them: COMPLETE is handed out once, there is no Cancel. Tests turn its faults on.
 */
import { randomBytes, X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { developmentSet, readFilePem } from '../../certs-dev/set.ts';
import { element, readXml, textOf, writeXml, type XmlElement, type XmlNode } from '../saml/xml/index.ts';
import { signWithPhone, type PhoneKey } from './net-id-keys.ts';

const NIAS = 'http://netid.secmaker.com/nias/';
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
export const niasPath = '/nias/ServiceServer.asmx';

export interface NetIdOrder {
  readonly reference: string;
  /** Whom the order is for; empty: whoever starts the app with the reference. */
  readonly person: string;
  readonly challenge: string;
  readonly startedAt: number;
  /** A status, or a word that ends the order. */
  status: string;
  holder: PhoneKey | null;
  collected: boolean;
  polls: number;
}
/** What goes wrong from now on; each stays until it is taken back. */
export interface NetIdFaults {
  /** Answers come so many milliseconds late. */
  slow: number;
  unavailable: boolean;
  malformed: string | null;
  /** The answer that says COMPLETE never arrives. */
  loseComplete: boolean;
  /** The result is XML text inside the result element. */
  textInside: boolean;
  /** Faults are told as progressStatus, not as SOAP faults. */
  faultsAsStatus: boolean;
  /** What Authenticate answers, instead of an order. */
  refuseStart: string | null;
  /** Signs something else than the challenge, or leaves the signature out. */
  signature: 'right' | 'other-challenge' | 'missing';
  /** Where the phone says that it is. */
  deviceAddress: string;
  /** Another's certificate beside the holder's signature. */
  certificate: 'right' | PhoneKey;
}
export interface NetIdService {
  readonly url: string;
  readonly orders: readonly NetIdOrder[];
  readonly faults: NetIdFaults;
  /** Requests that did not fit the description; empty is the evidence. */
  readonly complaints: readonly string[];
  /** The most polls of one order that were ever in flight at once. */
  inFlight(): number;
  order(reference: string): NetIdOrder | undefined;
  /** The order that a phone of this person is asked about: by reference, else the newest that waits for them. */
  waitingFor(holder: PhoneKey, reference?: string): NetIdOrder | undefined;
  approve(order: NetIdOrder, holder: PhoneKey): void;
  close(): Promise<void>;
}

const operations: Readonly<Record<string, readonly { readonly name: string; readonly required: boolean }[]>> = {
  Authenticate: [{ name: 'personalNumber', required: true }, { name: 'userNonVisibleData', required: false }, { name: 'endUserInfo', required: false }, { name: 'options', required: false }],
  Collect: [{ name: 'orderRef', required: true }],
};
const XSI_NIL = 'nil';

interface Asked { readonly operation: string; readonly fields: ReadonlyMap<string, string> }
const elementsIn = (parent: XmlElement, complain: (why: string) => never): readonly XmlElement[] => parent.children.flatMap((child) => {
  if (typeof child !== 'string') return [child];
  return child.trim() === '' ? [] : complain(`text in ${parent.localName}`);
});
/** Names, namespace, order and number of every element, and the action that goes with them. */
const readAsked = (body: Buffer, headers: IncomingMessage['headers'], complain: (why: string) => never): Asked => {
  const root = readXml(body, 'service-reply');
  if (root.namespace !== SOAP || root.localName !== 'Envelope') complain('not a SOAP 1.1 envelope');
  const [soapBody, second] = elementsIn(root, complain);
  if (soapBody?.namespace !== SOAP || soapBody.localName !== 'Body' || second !== undefined) return complain('an envelope without exactly one body');
  const [content, more] = elementsIn(soapBody, complain);
  const plan = content === undefined || more !== undefined || content.namespace !== NIAS ? undefined : operations[content.localName];
  if (content === undefined || plan === undefined) return complain('a body that holds no operation of the service');
  if (headers['soapaction'] !== `"${NIAS}${content.localName}"`) complain('SOAPAction of another operation');
  if (!(headers['content-type'] ?? '').startsWith('text/xml')) complain('not text/xml');
  const given = elementsIn(content, complain);
  const fields = new Map(given.map((field) => {
    if (field.namespace !== NIAS || field.attributes.some(({ localName }) => localName !== XSI_NIL) || nested(field)) complain(`${field.localName} in an unexpected form`);
    return [field.localName, textOf(field)];
  }));
  const expected = plan.filter(({ name, required }) => required || fields.has(name)).map(({ name }) => name);
  if (given.map(({ localName }) => localName).join(' ') !== expected.join(' ')) complain(`${content.localName} with ${given.map(({ localName }) => localName).join(' ')}`);
  return { operation: content.localName, fields };
};
const nested = ({ children }: XmlElement): boolean => children.some((child) => typeof child !== 'string');

const nias = (name: string, children: readonly (XmlNode | string)[]): XmlNode => element(`nias:${name}`, {}, children);
const enveloped = (content: XmlNode): string => `<?xml version="1.0" encoding="utf-8"?>${writeXml(element('soap:Envelope', {}, [element('soap:Body', {}, [content])]))}`;
const fault = (word: string): string => enveloped(element('soap:Fault', {}, [element('faultcode', {}, ['soap:Server']), element('faultstring', {}, [word]), element('detail', {}, [])]));
const resultOf = (operation: string, children: readonly (XmlNode | string)[]): string => enveloped(nias(`${operation}Response`, [nias(`${operation}Result`, children)]));

const pendingStatuses: ReadonlySet<string> = new Set(['OUTSTANDING_TRANSACTION', 'NO_CLIENT', 'STARTED', 'USER_SIGN', 'PENDING']);
const LIFETIME = 180_000;

/** CollectResult in the order of its description. */
const completeParts = (order: NetIdOrder, { signature, certificate, deviceAddress }: NetIdFaults): readonly XmlNode[] => {
  const holder = order.holder ?? ((): never => { throw new Error('complete without a holder'); })();
  const shown = certificate === 'right' ? holder : certificate;
  const x509 = new X509Certificate(shown.certificate);
  const signed = signWithPhone(holder, signature === 'other-challenge' ? randomBytes(32) : Buffer.from(order.challenge, 'base64')).toString('base64');
  return [
    nias('progressStatus', ['COMPLETE']), nias('requestedUserId', [order.person]), ...(signature === 'missing' ? [] : [nias('signature', [signed])]),
    nias('userInfo', [
      nias('name', [shown.name]), nias('personalNumber', [shown.number]), nias('userUniqueName', [shown.number]), nias('userId', [shown.number]),
      nias('notBefore', [x509.validFromDate.toISOString()]), nias('notAfter', [x509.validToDate.toISOString()]),
      nias('certificate', [shown.certificate.toString('base64')]), nias('thumbprint', [x509.fingerprint.replaceAll(':', '')]),
    ]),
    nias('deviceInfo', [nias('name', ['simulated']), nias('version', ['1.0']), nias('address', [deviceAddress])]),
  ];
};

class Refusal extends Error {}
const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

interface State { readonly orders: NetIdOrder[]; readonly faults: NetIdFaults; readonly complaints: string[]; readonly now: () => number }
const authenticate = (fields: ReadonlyMap<string, string>, { orders, faults, now }: State): string => {
  if (faults.refuseStart !== null) throw new Refusal(faults.refuseStart);
  const person = fields.get('personalNumber') ?? '';
  // A person's newer order replaces the one that waits.
  for (const earlier of orders) if (person !== '' && earlier.person === person && pendingStatuses.has(earlier.status)) earlier.status = 'CANCELLED';
  const order: NetIdOrder = { reference: randomBytes(24).toString('base64url'), person, challenge: fields.get('userNonVisibleData') ?? '', startedAt: now(), status: 'OUTSTANDING_TRANSACTION', holder: null, collected: false, polls: 0 };
  orders.push(order);
  return resultOf('Authenticate', [order.reference]);
};
const collect = (fields: ReadonlyMap<string, string>, { orders, faults, now }: State): { readonly text: string; readonly lost: boolean } => {
  const order = orders.find(({ reference }) => reference === fields.get('orderRef'));
  if (order === undefined) throw new Refusal('INVALID_PARAMETERS');
  order.polls += 1;
  if (order.collected) throw new Refusal('ALREADY_COLLECTED');
  if (pendingStatuses.has(order.status) && now() - order.startedAt > LIFETIME) order.status = 'EXPIRED_TRANSACTION';
  const complete = order.status === 'COMPLETE';
  if (complete) order.collected = true;
  else if (!pendingStatuses.has(order.status) && !faults.faultsAsStatus) throw new Refusal(order.status);
  const parts = complete ? completeParts(order, faults) : [nias('progressStatus', [order.status])];
  return { text: resultOf('Collect', faults.textInside ? [writeXml(nias('CollectResult', parts))] : parts), lost: complete && faults.loseComplete };
};

export interface NetIdServiceOptions { readonly port?: number; readonly now?: () => number }
export const startNetIdService = async ({ port = 0, now = Date.now }: NetIdServiceOptions = {}): Promise<NetIdService> => {
  const state: State = { orders: [], complaints: [], now, faults: { slow: 0, unavailable: false, malformed: null, loseComplete: false, textInside: false, faultsAsStatus: false, refuseStart: null, signature: 'right', certificate: 'right', deviceAddress: '127.0.0.1' } };
  const { orders, faults, complaints } = state;
  const flying = new Map<string, number>();
  let most = 0;
  const complain = (why: string): never => {
    complaints.push(why);
    throw new Refusal('INVALID_PARAMETERS');
  };
  const answer = (asked: Asked): { readonly text: string; readonly lost: boolean } =>
    (asked.operation === 'Authenticate' ? { text: authenticate(asked.fields, state), lost: false } : collect(asked.fields, state));
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const say = (status: number, text: string): void => void response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' }).end(text);
    if (request.url !== niasPath || request.method !== 'POST') return say(404, '');
    let flight = '';
    try {
      if (!(request.socket instanceof TLSSocket) || !request.socket.authorized) throw new Refusal('ACCESS_DENIED_RP');
      const asked = readAsked(body, request.headers, complain);
      flight = asked.fields.get('orderRef') ?? '';
      flying.set(flight, (flying.get(flight) ?? 0) + 1);
      if (flight !== '') most = Math.max(most, flying.get(flight) ?? 0);
      if (faults.slow > 0) await new Promise((done) => { setTimeout(done, faults.slow).unref(); });
      if (faults.unavailable) return say(503, 'Service Unavailable');
      const { text, lost } = answer(asked);
      if (lost) return void request.socket.destroy();
      say(200, faults.malformed ?? text);
    } catch (error) {
      if (error instanceof Refusal) say(500, fault(error.message));
      else say(500, fault('INTERNAL_ERROR'));
    } finally {
      flying.set(flight, (flying.get(flight) ?? 1) - 1);
    }
  };
  const set = developmentSet();
  const own = set.machine('authentication-service');
  const above = [...set.index.authorities].filter(({ id }) => ['siths-function', 'siths-root'].includes(id)).map(({ certFile }) => readFilePem(certFile));
  const server: Server = createServer(
    { key: readFilePem(own.keyFile), cert: `${readFilePem(own.certFile)}\n${readFilePem(set.authority('efos-function').certFile)}`, ca: above, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' },
    (request, response) => { serve(request, response).catch(() => response.destroy()); },
  );
  await new Promise<void>((done, failed) => { server.once('error', failed); server.listen(port, '127.0.0.1', () => done()); });
  return {
    url: `https://localhost:${String((server.address() as AddressInfo).port)}${niasPath}`, orders, faults, complaints, inFlight: () => most,
    order: (reference) => orders.find((one) => one.reference === reference),
    waitingFor: ({ number }, reference) => orders.findLast((one) => pendingStatuses.has(one.status) && (reference === undefined ? one.person === number : one.reference === reference)),
    approve: (order, holder) => {
      order.holder = holder;
      order.status = 'COMPLETE';
    },
    close: () => new Promise((done) => { server.closeAllConnections(); server.close(() => done()); }),
  };
};
