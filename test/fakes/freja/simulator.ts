/** Freja eID's authentication service: JSON in base64 in a form field, mutual TLS, outcomes signed as JWS. */
import { createPrivateKey, randomBytes } from 'node:crypto';
import { CompactSign } from 'jose';
import { developmentSet, readFilePem } from '../../../certs-dev/set.ts';
import { startMutualServer, type MutualServer } from '../mutual-server.ts';

export interface FrejaOrder { readonly authRef: string; readonly asked: Readonly<Record<string, unknown>>; status: string; details: string | null; cancelled: boolean }
export interface FrejaSimulator extends MutualServer {
  readonly orders: FrejaOrder[];
  /** `claims`: what the signed outcome says instead; `machine`: whose key signs. */
  approve(order: FrejaOrder, number: string, options?: { readonly claims?: object; readonly machine?: string }): Promise<void>;
}
/** Whose certificate stands for Freja's. */
export const FREJA_SIGNER = 'saml-signing-ec';
const steps: Readonly<Record<string, string>> = { initAuthentication: 'initAuthRequest', getOneResult: 'getOneAuthResultRequest', cancel: 'cancelAuthRequest' };

export const startFreja = async (): Promise<FrejaSimulator> => {
  const orders: FrejaOrder[] = [];
  const answer = (step: string, asked: Record<string, unknown>): readonly [number, object] => {
    if (step === 'initAuthentication') {
      const order: FrejaOrder = { authRef: randomBytes(24).toString('base64url'), asked, status: 'STARTED', details: null, cancelled: false };
      orders.push(order);
      return [200, { authRef: order.authRef }];
    }
    const order = orders.find(({ authRef }) => authRef === asked['authRef']);
    if (order === undefined) return [422, { code: 1100, message: 'Invalid reference' }];
    if (step === 'cancel') {
      Object.assign(order, { cancelled: true, status: 'RP_CANCELED' });
      return [200, {}];
    }
    return [200, { authRef: order.authRef, status: order.status, ...(order.details === null ? {} : { details: order.details, requestedAttributes: { ssn: { country: 'SE', ssn: '191212121212' } } }) }];
  };
  const server = await startMutualServer((path, body) => {
    const step = /^\/authentication\/1\.0\/(\w+)$/.exec(path)?.[1] ?? '';
    const value = new RegExp(`^${steps[step] ?? 'none'}=([A-Za-z0-9]+)$`).exec(body)?.[1];
    if (value === undefined) return Promise.resolve([400, '{}']);
    const [status, said] = answer(step, JSON.parse(Buffer.from(value, 'base64').toString('utf8')) as Record<string, unknown>);
    return Promise.resolve([status, JSON.stringify(said)]);
  });
  return Object.assign(server, {
    orders,
    approve: async (order: FrejaOrder, number: string, { claims, machine = FREJA_SIGNER }: Parameters<FrejaSimulator['approve']>[2] = {}) => {
      const payload = claims ?? { authRef: order.authRef, status: 'APPROVED', userInfoType: 'INFERRED', requestedAttributes: { basicUserInfo: { name: 'Sofia', surname: 'Grann' }, ssn: { country: 'SE', ssn: number } }, timestamp: Date.now() };
      const details = await new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader({ alg: 'ES256' }).sign(createPrivateKey(readFilePem(developmentSet().machine(machine).keyFile)));
      Object.assign(order, { status: 'APPROVED', details });
    },
  });
};
