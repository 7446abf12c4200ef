/** A service like the SITHS authentication service: JSON over mutual TLS, animated pictures, cancel, COMPLETE handed out once. Its names are invented. */
import { createHmac, createPrivateKey, randomBytes } from 'node:crypto';
import { developmentSet, readDer, readFilePem } from '../../../certs-dev/set.ts';
import { jsonWireSchema, type JsonWire } from '../../../src/authenticators/mobile-eid/clients/json-wire.ts';
import { startMutualServer, type MutualServer } from '../mutual-server.ts';
import { signWithPhone, type PhoneKey } from '../../../src/demo/net-id-keys.ts';

export const wireFile = {
  paths: { start: '/v1/auth', poll: '/v1/collect', cancel: '/v1/cancel' },
  request: { constants: { 'organizationName': 'Region Exempel', 'requirement.checkRevocation': true }, address: 'endUserIp' },
  answer: { certificate: 'completionData.userCertificate', signature: 'completionData.signature', person: 'completionData.userPersonalNumber', deviceAddress: 'completionData.ip' },
  words: {
    pending: 'pending', complete: 'complete', failed: 'internal', outstandingTransaction: 'start-app', started: 'app-started', userSign: 'user-sign',
    userCancel: 'cancelled', cancelled: 'replaced', expiredTransaction: 'expired', certificateErr: 'credential', notSupportedByUserApp: 'client', noSuchUser: 'unknown-user', alreadyInProgress: 'replaced', Maintenance: 'internal',
  },
  startAddress: 'siths:///?token={token}&redirect={redirect}', picture: 'animated',
} as const;
export const wire: JsonWire = jsonWireSchema.parse(wireFile);

export interface SithsOrder { readonly reference: string; readonly startToken: string; readonly qrToken: string; readonly qrSecret: string; readonly asked: Readonly<Record<string, unknown>>; status: string; hint: string | null; holder: PhoneKey | null; cancelled: boolean; polls: number }
export interface SithsSimulator extends MutualServer {
  readonly orders: SithsOrder[];
  approve(order: SithsOrder, holder: PhoneKey): void;
  /** The app reads a picture: only the one of this or the last few seconds is taken. */
  scan(text: string, secondsSince: number): SithsOrder | undefined;
}

const completion = (holder: PhoneKey, challenge: string, issuerFile: string): object => ({
  userCertificate: `-----BEGIN CERTIFICATE-----\n${holder.certificate.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n${readFilePem(issuerFile)}`,
  signature: signWithPhone(holder, Buffer.from(challenge, 'base64')).toString('base64'), userPersonalNumber: holder.number, ip: '127.0.0.1',
});

export const startSiths = async (authority = 'siths-mobile'): Promise<SithsSimulator> => {
  const set = developmentSet();
  const orders: SithsOrder[] = [];
  const answer = (path: string, asked: Record<string, unknown>): readonly [number, object] => {
    if (path === '/v1/auth') {
      const order: SithsOrder = { reference: randomBytes(16).toString('hex'), startToken: randomBytes(16).toString('hex'), qrToken: randomBytes(16).toString('hex'), qrSecret: randomBytes(16).toString('hex'), asked, status: 'pending', hint: 'outstandingTransaction', holder: null, cancelled: false, polls: 0 };
      orders.push(order);
      return [200, { orderRef: order.reference, autoStartToken: order.startToken, qrStartToken: order.qrToken, qrStartSecret: order.qrSecret }];
    }
    const order = orders.find(({ reference }) => reference === asked['orderRef']);
    if (order === undefined) return [404, { errorCode: 'notFound' }];
    if (path === '/v1/cancel') {
      order.cancelled = true;
      return [200, {}];
    }
    order.polls += 1;
    const said = { orderRef: order.reference, status: order.status, ...(order.hint === null ? {} : { hintCode: order.hint }) };
    return [200, order.status === 'complete' && order.holder !== null ? { ...said, completionData: completion(order.holder, String(order.asked['sithsEidChallenge']), set.authority(authority).certFile) } : said];
  };
  const server = await startMutualServer((path, body) => {
    const [status, said] = answer(path, JSON.parse(body) as Record<string, unknown>);
    return Promise.resolve([status, JSON.stringify(said)]);
  });
  return Object.assign(server, {
    orders,
    approve: (order: SithsOrder, holder: PhoneKey) => { Object.assign(order, { status: 'complete', hint: null, holder }); },
    scan: (text: string, secondsSince: number) => {
      const [, token = '', seconds = '', code = ''] = text.split('.');
      const order = orders.find(({ qrToken }) => qrToken === token);
      const right = order !== undefined && createHmac('sha256', order.qrSecret).update(seconds).digest('hex') === code;
      return right && secondsSince - Number(seconds) <= 5 ? order : undefined;
    },
  });
};
export const sithsKey = (): PhoneKey => {
  const entry = developmentSet().certificate('sofia-grann');
  return { id: 'sofia-grann', name: 'Sofia Grann', number: '189201099836', story: '', certificate: readDer(entry.certFile), key: createPrivateKey(readFilePem(entry.keyFile)) };
};
