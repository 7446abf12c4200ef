/** The four services of phones as one: each simulator with its client over real mutual TLS, and the same things said to each in its own words. */
import { X509Certificate } from 'node:crypto';
import { developmentSet, readFilePem } from '../../../certs-dev/set.ts';
import { createBankId } from '../../../src/authenticators/mobile-eid/clients/bankid.ts';
import { createFreja } from '../../../src/authenticators/mobile-eid/clients/freja.ts';
import { createJsonService } from '../../../src/authenticators/mobile-eid/clients/json-service.ts';
import { createNetIdAccess } from '../../../src/authenticators/mobile-eid/clients/net-id-access.ts';
import type { MobileClient } from '../../../src/authenticators/mobile-eid/model.ts';
import { phoneKeyOf } from '../../../src/demo/net-id-keys.ts';
import { startNetIdService } from '../../../src/demo/net-id-service.ts';
import { createMutualClient } from '../../../src/http/mutual.ts';
import { startBankId } from '../../fakes/bankid/simulator.ts';
import { FREJA_SIGNER, startFreja } from '../../fakes/freja/simulator.ts';
import type { MutualServer } from '../../fakes/mutual-server.ts';
import { sithsKey, startSiths, wire } from '../../fakes/siths/simulator.ts';

export interface Ways { readonly machine?: string; readonly ca?: string; readonly milliseconds?: number; readonly bytes?: number }
/** What a service says of its newest order. */
export type Said = 'waits' | 'app-started' | 'cancelled' | 'replaced' | 'expired' | 'an-unknown-word';
export type Fault = 'silence' | 'maintenance' | 'not-its-format' | 'empty' | 'half' | 'list' | 'cut';
export interface PhoneService {
  client(ways?: Ways): MobileClient;
  /** How many orders were begun. */
  begun(): number;
  say(word: Said): void;
  approve(): Promise<void>;
  /** From now on; null: it works again. */
  break(fault: Fault | null): void;
  /** Whether the newest order was called back; null where the service has no way to. */
  calledBack(): boolean | null;
  /** What must never come to a browser. */
  secret(): string | null;
  close(): Promise<void>;
}
const NUMBER = phoneKeyOf('sofia-grann').number;
const mutualOf = ({ machine = 'bryggan', ca = 'authorities/efos-root.crt.pem', milliseconds = 20_000, bytes = 100_000 }: Ways) =>
  createMutualClient({ ca: readFilePem(ca), certificate: readFilePem(`functions/${machine}.crt.pem`), key: readFilePem(`functions/${machine}.key.pem`), milliseconds, bytes, code: 'mobile.unavailable' });
const pace = { pollMilliseconds: 1000, lifetimeSeconds: 120 } as const;
const STATUSES = [200, 400, 401, 403, 404, 408, 409, 422, 429, 500];
const newest = <T>(orders: readonly T[]): T => {
  const order = orders.at(-1);
  if (order === undefined) throw new Error('no order was begun');
  return order;
};
const faultOf: Readonly<Record<Fault, MutualServer['instead']>> = {
  'silence': 'silence', 'maintenance': [503, '{"errorCode":"Maintenance"}'], 'not-its-format': [200, '<html>Log in to the wireless network</html>'], 'empty': [200, ''], 'half': [200, '{"orderRef":"a'], 'list': [200, '[]'], 'cut': [200, null],
};
type Open = (ways: Ways) => ReturnType<typeof createMutualClient>;
const jsonPost = (service: ReturnType<Open>, type: string) => (url: string, body: string) => service.post(url, body, { 'content-type': type }, STATUSES);

const netIdAccess = async (open: Open): Promise<PhoneService> => {
  const service = await startNetIdService();
  const words: Readonly<Record<Said, string>> = { 'waits': 'OUTSTANDING_TRANSACTION', 'app-started': 'STARTED', 'cancelled': 'USER_CANCEL', 'replaced': 'CANCELLED', 'expired': 'EXPIRED_TRANSACTION', 'an-unknown-word': 'NEWS' };
  return {
    client: (ways = {}) => {
      const mutual = open(ways);
      return createNetIdAccess({ ...pace, url: service.url, startsByPicture: true, post: async (url, body, action) => (await mutual.post(url, body, { 'content-type': 'text/xml; charset=utf-8', 'soapaction': `"${action}"` }, [200, 500])).bytes });
    },
    begun: () => service.orders.length,
    say: (word) => { newest(service.orders).status = words[word]; },
    approve: () => { service.approve(newest(service.orders), phoneKeyOf('sofia-grann')); return Promise.resolve(); },
    break: (fault) => {
      const malformed = fault === 'empty' ? '' : fault === 'half' ? '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>' : fault === 'list' || fault === 'not-its-format' ? '{"orderRef":"abcdefgh"}' : null;
      Object.assign(service.faults, { slow: fault === 'silence' ? 600_000 : 0, unavailable: fault === 'maintenance', loseComplete: fault === 'cut', malformed });
    },
    calledBack: () => null, secret: () => null, close: () => service.close(),
  };
};
const siths = async (open: Open): Promise<PhoneService> => {
  const service = await startSiths();
  const words: Readonly<Record<Said, readonly [string, string]>> = { 'waits': ['pending', 'outstandingTransaction'], 'app-started': ['pending', 'started'], 'cancelled': ['failed', 'userCancel'], 'replaced': ['failed', 'cancelled'], 'expired': ['failed', 'expiredTransaction'], 'an-unknown-word': ['news', 'news'] };
  return {
    client: (ways = {}) => createJsonService({ ...pace, url: service.url, wire, issuerNames: [], post: jsonPost(open(ways), 'application/json') }),
    begun: () => service.orders.length,
    say: (word) => { Object.assign(newest(service.orders), { status: words[word][0], hint: words[word][1] }); },
    approve: () => { service.approve(newest(service.orders), sithsKey()); return Promise.resolve(); },
    break: (fault) => { service.instead = fault === null ? null : faultOf[fault]; },
    calledBack: () => newest(service.orders).cancelled, secret: () => newest(service.orders).qrSecret, close: () => service.close(),
  };
};
const bankId = async (open: Open): Promise<PhoneService> => {
  const service = await startBankId();
  const words: Readonly<Record<Said, readonly ['pending' | 'failed', string]>> = { 'waits': ['pending', 'outstandingTransaction'], 'app-started': ['pending', 'started'], 'cancelled': ['failed', 'userCancel'], 'replaced': ['failed', 'cancelled'], 'expired': ['failed', 'expiredTransaction'], 'an-unknown-word': ['failed', 'news'] };
  return {
    client: (ways = {}) => createBankId({ ...pace, url: service.url, policies: [], ocsp: true, post: jsonPost(open(ways), 'application/json') }),
    begun: () => service.orders.length,
    say: (word) => { Object.assign(newest(service.orders), { status: words[word][0], hintCode: words[word][1] }); },
    approve: () => { service.approve(newest(service.orders), phoneKeyOf('sofia-grann')); return Promise.resolve(); },
    break: (fault) => { service.instead = fault === null ? null : faultOf[fault]; },
    calledBack: () => newest(service.orders).cancelled, secret: () => newest(service.orders).qrStartSecret, close: () => service.close(),
  };
};
const freja = async (open: Open): Promise<PhoneService> => {
  const service = await startFreja();
  const words: Readonly<Record<Said, string>> = { 'waits': 'STARTED', 'app-started': 'DELIVERED_TO_MOBILE', 'cancelled': 'REJECTED', 'replaced': 'RP_CANCELED', 'expired': 'EXPIRED', 'an-unknown-word': 'NEWS' };
  const names = { number: 'requestedAttributes.ssn.ssn', givenName: 'requestedAttributes.basicUserInfo.name', surname: 'requestedAttributes.basicUserInfo.surname', attributes: ['BASIC_USER_INFO', 'SSN'] };
  const keys = [new X509Certificate(readFilePem(developmentSet().machine(FREJA_SIGNER).certFile)).publicKey];
  return {
    client: (ways = {}) => createFreja({ ...pace, url: service.url, names, registration: 'PLUS', keys, post: jsonPost(open(ways), 'application/x-www-form-urlencoded') }),
    begun: () => service.orders.length,
    say: (word) => { newest(service.orders).status = words[word]; },
    approve: () => service.approve(newest(service.orders), NUMBER),
    break: (fault) => { service.instead = fault === null ? null : faultOf[fault]; },
    calledBack: () => newest(service.orders).cancelled, secret: () => null, close: () => service.close(),
  };
};
const starts = { 'Net iD Access': netIdAccess, 'SITHS authentication service': siths, 'BankID': bankId, 'Freja': freja } as const;
export const serviceNames = Object.keys(starts) as readonly (keyof typeof starts)[];
/** Connections of its clients end with it. */
export const startPhoneService = async (name: keyof typeof starts): Promise<PhoneService> => {
  const opened: ReturnType<Open>[] = [];
  const service = await starts[name]((ways) => {
    const one = mutualOf(ways);
    opened.push(one);
    return one;
  });
  return { ...service, close: async () => { for (const one of opened) one.close(); await service.close(); } };
};
