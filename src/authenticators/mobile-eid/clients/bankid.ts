/** BankID, RP API v6 [facts: credentials §3.2]: a JSON service with names of its own, an animated picture, and the certificate inside its signature. */
import type { MobileClient } from '../model.ts';
import { certificatesInSignature } from './bankid-signature.ts';
import { createJsonService, type JsonServiceSettings } from './json-service.ts';
import { jsonWireSchema } from './json-wire.ts';
import { isApple, returnOnApple } from './return-address.ts';

export interface BankIdSettings extends Pick<JsonServiceSettings, 'url' | 'pollMilliseconds' | 'lifetimeSeconds' | 'post'> {
  /** Certificate policies demanded; empty: none. */
  readonly policies: readonly string[];
  /** The OCSP answer that comes with a signature is demanded and checked. */
  readonly ocsp: boolean;
}
/** Words that are not here (internalError, Maintenance, requestTimeout, tooManyRequests) are faults of the moment: the order is asked for again. */
const wire = jsonWireSchema.parse({
  paths: { start: '/auth', poll: '/collect', cancel: '/cancel' },
  request: { challenge: 'userNonVisibleData', text: 'userVisibleData', issuers: 'requirement.certificatePolicies', person: 'requirement.personalNumber', address: 'endUserIp' },
  answer: { certificate: 'completionData.signature', signature: 'completionData.signature', person: 'completionData.user.personalNumber', deviceAddress: 'completionData.device.ipAddress' },
  words: {
    pending: 'pending', failed: 'internal', complete: 'complete',
    outstandingTransaction: 'start-app', noClient: 'start-app', started: 'app-started', userMrtd: 'user-sign', userCallConfirm: 'user-sign', userSign: 'user-sign',
    expiredTransaction: 'expired', certificateErr: 'credential', userCancel: 'cancelled', cancelled: 'replaced', startFailed: 'expired', userDeclinedCall: 'cancelled', notSupportedByUserApp: 'client', transactionRiskBlocked: 'credential',
    alreadyInProgress: 'replaced', invalidParameters: 'internal', canceled: 'replaced', unauthorized: 'internal', notFound: 'internal',
  },
  startAddress: 'bankid:///?autostarttoken={token}&redirect={redirect}', picture: 'animated', picturePrefix: 'bankid',
});
const PLAIN = 'bankid:///';
const UNIVERSAL = 'https://app.bankid.com/';
const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

export const createBankId = ({ policies, ocsp, ...settings }: BankIdSettings): MobileClient => {
  const spoken = ocsp ? { ...wire, answer: { ...wire.answer, ocsp: 'completionData.ocspResponse' } } : wire;
  const service = createJsonService({ ...settings, wire: spoken, issuerNames: policies, encode: base64, certificatesIn: certificatesInSignature });
  return {
    ...service,
    // Phones open the app by an address of the web, which no other app can claim; a computer by the app's own scheme.
    startUrl: (order, returnUrl, userAgent) => {
      const url = service.startUrl(order, isApple(userAgent) ? returnOnApple(returnUrl, userAgent) : returnUrl, userAgent);
      return isApple(userAgent) || /Android/.test(userAgent) ? url.replace(PLAIN, UNIVERSAL) : url;
    },
  };
};
