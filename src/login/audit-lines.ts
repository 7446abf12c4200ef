/** One place that shapes audit lines of a login, so that every line of one login can be joined by its reference. */
import type { AuditEvent, AuditEventType } from '../audit/model.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { PartyId, ReferenceId } from '../core/ids.ts';
import type { JsonValue } from '../core/json.ts';
import type { PersonKey } from '../directory/model.ts';
import type { AnswerSlip, LoginTransaction, VerifiedIdentity } from './transaction.ts';

export interface LineParts {
  readonly reference?: ReferenceId;
  readonly slip?: Pick<AnswerSlip, 'service' | 'party'>;
  readonly personParty?: PartyId | null;
  readonly person?: PersonKey;
  readonly code?: ErrorCode;
  readonly facts?: { readonly [name: string]: JsonValue };
}
export const lineOf = (type: AuditEventType, parts: LineParts): AuditEvent => ({
  type,
  reference: parts.reference ?? null,
  serviceParty: parts.slip?.party ?? null,
  service: parts.slip?.service ?? null,
  personParty: parts.personParty ?? null,
  person: parts.person === undefined ? null : parts.person.kind === 'hsa-id' ? parts.person.hsaId : parts.person.number,
  code: parts.code ?? null,
  facts: parts.facts ?? {},
});

const slipOf = (transaction: LoginTransaction): Pick<AnswerSlip, 'service' | 'party'> | undefined =>
  'request' in transaction ? transaction.request.slip : 'slip' in transaction ? transaction.slip : undefined;

export const transactionLine = (type: AuditEventType, transaction: LoginTransaction, parts: Omit<LineParts, 'reference' | 'slip'> = {}): AuditEvent => {
  const slip = slipOf(transaction);
  const person = parts.person ?? (transaction.state === 'authenticated' ? transaction.identity.person : undefined);
  return lineOf(type, { ...parts, reference: transaction.reference, ...(slip ? { slip } : {}), ...(person ? { person } : {}) });
};

export const identityFacts = (identity: VerifiedIdentity): { readonly [name: string]: JsonValue } => ({
  method: identity.method,
  level: identity.level,
  authenticatedAt: identity.authenticatedAt,
  ...(identity.upstream === undefined ? {} : { provider: identity.upstream.provider }),
  issuer: identity.revocationHandle?.issuerId ?? null,
  certificateSerial: identity.revocationHandle?.serial ?? null,
});
