/** Values of the store suite, with people of the development set in them: what must never lie readable in a medium. */
import { newId, systemRandom } from '../../../src/core/ports.ts';
import type { AcceptedTransaction, ActingChoice, VerifiedIdentity } from '../../../src/login/transaction.ts';
import type { ServiceEntry, SsoSession } from '../../../src/sessions/ports.ts';
import type { SessionId } from '../../../src/core/ids.ts';

export const secrets = { number: '189003129807', hsaId: 'SE2321000131-DEV1001', name: 'Anna Berglund', nameId: 'subject-of-anna', note: 'request-of-anna' } as const;
const identity = {
  method: 'siths', level: 'loa3', person: { kind: 'personal-identity-number', number: secrets.number }, authenticatedAt: 1_700_000_000_000,
  credential: { givenName: 'Anna', surname: 'Berglund', displayName: secrets.name, organisationName: null, issuerName: 'CN=Issuer', subjectName: secrets.name, policies: [], certificate: null },
  revocationHandle: { issuerId: 'dev', serial: '01' },
} as unknown as VerifiedIdentity;
const acting = { employeeHsaId: secrets.hsaId, commissionHsaId: null } as ActingChoice;
const MINUTE = 60_000;

export const newSession = (now: number, changes: { readonly id?: string; readonly minutes?: number } = {}): SsoSession =>
  ({ id: (changes.id ?? newId(systemRandom, 256)) as SessionId, identity, acting, createdAt: now, expiresAt: now + (changes.minutes ?? 60) * MINUTE });
export const otherActing = (session: SsoSession, commission: string): SsoSession => ({ ...session, acting: { employeeHsaId: null, commissionHsaId: commission } as ActingChoice });
export const entry = (key: string, answeredAt = 0): ServiceEntry => ({ key, service: `vgr/${key}`, party: 'vgr', protocol: 'saml', answeredAt, faceState: { nameId: secrets.nameId } } as unknown as ServiceEntry);
export const newTransaction = (now: number, changes: { readonly id?: string; readonly minutes?: number } = {}): AcceptedTransaction => ({
  state: 'accepted', id: changes.id ?? newId(systemRandom, 128), reference: 'AAA-BBB-CCC', expiresAt: now + (changes.minutes ?? 15) * MINUTE, cookieHash: null, beginCodeHash: null, locale: null,
  request: { preselection: { commissionHsaId: secrets.hsaId } }, lastFailure: null, handleHash: null, handleExpiresAt: 0, parked: null, declinedSession: false,
} as unknown as AcceptedTransaction);
