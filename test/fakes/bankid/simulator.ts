/** BankID's RP API v6 as its public facts give it: auth, collect, cancel over mutual TLS, animated pictures, COMPLETE with an XML signature. */
import { createHash, createHmac, randomBytes, sign } from 'node:crypto';
import { createRevocationService } from '../../../certs-dev/revocation.ts';
import { developmentSet, readDer } from '../../../certs-dev/set.ts';
import { serialOf, type PhoneKey } from '../../../src/demo/net-id-keys.ts';
import { parseCertificate } from '../../../src/pki/index.ts';
import { writeOcspRequest } from '../../../src/pki/revocation/ocsp-request.ts';
import { startMutualServer, type MutualServer } from '../mutual-server.ts';

export interface BankIdOrder { readonly orderRef: string; readonly autoStartToken: string; readonly qrStartToken: string; readonly qrStartSecret: string; readonly asked: Readonly<Record<string, unknown>>; status: 'pending' | 'failed' | 'complete'; hintCode: string | null; completionData: object | null; cancelled: boolean; polls: number }
export interface BankIdSimulator extends MutualServer {
  readonly orders: BankIdOrder[];
  /** `change`: what an attacker makes of the signature before it is sent. */
  approve(order: BankIdOrder, holder: PhoneKey, options?: { readonly challenge?: string; readonly change?: (xml: string) => string; readonly number?: string; readonly signer?: PhoneKey; /** DER; null: none comes. */ readonly ocsp?: Buffer | null; readonly deviceAddress?: string }): void;
  scan(text: string, secondsSince: number): BankIdOrder | undefined;
}

const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const digest = (text: string): string => createHash('sha256').update(text).digest('base64');
/** Written in canonical form, so that hashing the text is hashing its canonical form. */
const reference = (id: string, value: string): string =>
  `<Reference URI="#${id}"><Transforms><Transform Algorithm="${C14N}"></Transform></Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></DigestMethod><DigestValue>${value}</DigestValue></Reference>`;
export const bankIdSignature = (holder: PhoneKey, visible: string, nonVisible: string, signer: PhoneKey = holder): string => {
  const data = `<bankIdSignedData xmlns="http://www.bankid.com/signature/v1.0.0/types" Id="bidSignedData"><usrVisibleData charset="UTF-8" visible="wysiwys">${visible}</usrVisibleData><usrNonVisibleData>${nonVisible}</usrNonVisibleData><srvInfo><name>cn=Test</name></srvInfo></bankIdSignedData>`;
  const above = readDer(developmentSet().authority('efos-mobile').certFile).toString('base64');
  const keyInfo = (xmlns: string): string => `<KeyInfo${xmlns} Id="bidKeyInfo"><X509Data><X509Certificate>${holder.certificate.toString('base64')}</X509Certificate><X509Certificate>${above}</X509Certificate></X509Data></KeyInfo>`;
  const info = (xmlns: string): string => `<SignedInfo${xmlns}><CanonicalizationMethod Algorithm="${C14N}"></CanonicalizationMethod><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"></SignatureMethod>${reference('bidSignedData', digest(data))}${reference('bidKeyInfo', digest(keyInfo(` xmlns="${DS}"`)))}</SignedInfo>`;
  const value = sign('sha256', Buffer.from(info(` xmlns="${DS}"`)), { key: signer.key, dsaEncoding: 'ieee-p1363' }).toString('base64');
  return `<?xml version="1.0" encoding="UTF-8" standalone="no"?><Signature xmlns="${DS}">${info('')}<SignatureValue>${value}</SignatureValue>${keyInfo('')}<Object>${data}</Object></Signature>`;
};

/** What the service's own question to the certificate's issuer brought, with the nonce of that question. */
export const ocspAbout = (holder: PhoneKey, { revoked = false, at = Date.now() }: { readonly revoked?: boolean; readonly at?: number } = {}): Buffer => {
  const service = createRevocationService({ now: () => at });
  if (revoked) service.revoke('efos-mobile', serialOf(holder));
  const issuer = parseCertificate(readDer(developmentSet().authority('efos-mobile').certFile));
  return service.answer(writeOcspRequest({ issuer, serial: parseCertificate(holder.certificate).serial, nonce: randomBytes(32) }));
};

export const startBankId = async (): Promise<BankIdSimulator> => {
  const orders: BankIdOrder[] = [];
  const answer = (path: string, asked: Record<string, unknown>): readonly [number, object] => {
    if (path === '/rp/v6.0/auth') {
      if (typeof asked['endUserIp'] !== 'string') return [400, { errorCode: 'invalidParameters', details: 'endUserIp' }];
      const order: BankIdOrder = { orderRef: randomBytes(16).toString('hex'), autoStartToken: randomBytes(16).toString('hex'), qrStartToken: randomBytes(16).toString('hex'), qrStartSecret: randomBytes(16).toString('hex'), asked, status: 'pending', hintCode: 'outstandingTransaction', completionData: null, cancelled: false, polls: 0 };
      orders.push(order);
      const { orderRef, autoStartToken, qrStartToken, qrStartSecret } = order;
      return [200, { orderRef, autoStartToken, qrStartToken, qrStartSecret }];
    }
    const order = orders.find(({ orderRef }) => orderRef === asked['orderRef']);
    if (order === undefined || order.cancelled) return [400, { errorCode: 'invalidParameters', details: 'No such order' }];
    if (path === '/rp/v6.0/cancel') {
      order.cancelled = true;
      return [200, {}];
    }
    order.polls += 1;
    const { orderRef, status, hintCode, completionData } = order;
    return [200, { orderRef, status, ...(hintCode === null ? {} : { hintCode }), ...(completionData === null ? {} : { completionData }) }];
  };
  const server = await startMutualServer((path, body) => {
    const [status, said] = answer(path, JSON.parse(body) as Record<string, unknown>);
    return Promise.resolve([status, JSON.stringify(said)]);
  });
  return Object.assign(server, {
    url: `${server.url}/rp/v6.0`, orders,
    approve: (order: BankIdOrder, holder: PhoneKey, { challenge, change = (xml: string) => xml, number = holder.number, signer = holder, ocsp = ocspAbout(holder), deviceAddress = '127.0.0.1' }: Parameters<BankIdSimulator['approve']>[2] = {}) => {
      const xml = bankIdSignature(holder, String(order.asked['userVisibleData']), challenge ?? String(order.asked['userNonVisibleData']), signer);
      const [givenName = '', surname = ''] = holder.name.split(' ');
      Object.assign(order, { status: 'complete', hintCode: null, completionData: { user: { personalNumber: number, name: holder.name, givenName, surname }, device: { ipAddress: deviceAddress, uhi: 'x' }, bankIdIssueDate: '2026-01-01', signature: Buffer.from(change(xml)).toString('base64'), ...(ocsp === null ? {} : { ocspResponse: ocsp.toString('base64') }) } });
    },
    scan: (text: string, secondsSince: number) => {
      const [prefix, token = '', seconds = '', code = ''] = text.split('.');
      const order = orders.find(({ qrStartToken }) => qrStartToken === token);
      const right = prefix === 'bankid' && order !== undefined && createHmac('sha256', order.qrStartSecret).update(seconds).digest('hex') === code;
      return right && secondsSince - Number(seconds) <= 5 ? order : undefined;
    },
  });
};
