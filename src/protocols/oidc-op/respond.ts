/** Step 6 for OpenID Connect: a code, and the snapshot that it stands for; or the refusal as an OAuth error. */
import type Provider from 'oidc-provider';
import { toClaim } from '../../attributes/catalogue.ts';
import { errorCatalogue } from '../../core/error-catalogue.ts';
import { fail, type BrygganError } from '../../core/errors.ts';
import type { ProtocolAnswer } from '../../core/http-types.ts';
import type { JsonValue } from '../../core/json.ts';
import { newId, type Clock, type Random } from '../../core/ports.ts';
import { hmac } from '../../core/secrets.ts';
import type { FaceAnswer, ProtocolFace } from '../../login/ports.ts';
import type { AnswerSlip, ReleasedTransaction } from '../../login/transaction.ts';
import { isOidcParty, type OidcParty, type ServiceParty } from '../../parties/model.ts';
import type { Stores } from '../../sessions/ports.ts';
import { codeFor } from './adapter.ts';
import { entryState, readSlipState, type SlipState } from './face-state.ts';
import { snapshotRecord, type Snapshot, type SnapshotClaim } from './snapshot.ts';
import type { ClaimWish } from './wishes.ts';

export interface OidcFaceSettings {
  readonly provider: Provider;
  readonly issuer: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Derives `sub`. At least 256 bits; changing it makes everybody new to every client. */
  readonly subjectSecret: string;
  readonly stores: Pick<Stores, 'oidc'>;
  /** How long a grant may be used at most; never longer than its session. */
  readonly grantSeconds: number;
}
type SessionFacts = Parameters<ProtocolFace['respond']>[2];
type Answer = Readonly<Record<string, string>>;

/** Opaque, stable per person and sector, never the number itself (threats G17) [OIDC §8.1]. */
export const subjectFor = ({ wire }: OidcParty, subjectKey: string, secret: string): string =>
  hmac(secret, 'oidc-subject', wire.subject === 'public' ? 'public' : wire.sector, subjectKey);

const narrowed = ({ claim, values }: ClaimWish, value: JsonValue): JsonValue => {
  if (claim !== 'authorizationScope' || values.length === 0 || !Array.isArray(value)) return value;
  // Compared with authorizationScopeCode [IN-AO].
  return (value as readonly { readonly [key: string]: JsonValue }[]).filter((scope) => values.includes(scope['authorizationScopeCode'] ?? null));
};
const snapshotClaims = ({ wishes }: SlipState, { released }: ReleasedTransaction): Snapshot['claims'] => {
  const claims: Record<string, SnapshotClaim> = {};
  for (const wish of wishes) {
    const named = toClaim(wish.attribute, released.attributes[wish.attribute] ?? [], wish.dialect);
    // A personnummer asked for by name is not answered with a samordningsnummer; by scope it is one or the other [SE-CL].
    if (named === undefined || (named.claim !== wish.claim && wish.values.length > 0)) continue;
    claims[named.claim] = { attribute: wish.attribute, value: narrowed(wish, named.value), places: wish.places };
  }
  return claims;
};

const snapshotOf = (state: SlipState, transaction: ReleasedTransaction, service: OidcParty, { sub, sid, now, settings }: { readonly sub: string; readonly sid: string; readonly now: number; readonly settings: OidcFaceSettings }): Snapshot => ({
  client: service.wire.entityId, service: service.id, party: service.party, session: transaction.session, reference: transaction.reference, sub, sid,
  acr: transaction.assuranceUri, amr: [transaction.identity.method], authTime: Math.floor(transaction.identity.authenticatedAt / 1000),
  scopes: state.scopes, resources: Object.fromEntries(state.resources.map(({ uri, scopes }) => [uri, scopes.join(' ')])), claims: snapshotClaims(state, transaction),
  issuedAt: now, expiresAt: now + settings.grantSeconds,
});

const newCode = (grant: string, state: SlipState, snapshot: Snapshot, slip: AnswerSlip, { provider, random }: OidcFaceSettings) => {
  const resources = state.resources.map(({ uri }) => uri);
  const scope = [...new Set([...state.scopes, ...state.resources.flatMap(({ scopes }) => scopes)])].join(' ');
  return new provider.AuthorizationCode({
    jti: codeFor(grant, newId(random, 256)), clientId: snapshot.client, accountId: snapshot.sub, grantId: grant, sid: snapshot.sid, sessionUid: snapshot.sid,
    acr: snapshot.acr, amr: snapshot.amr, authTime: snapshot.authTime, scope,
    codeChallenge: state.codeChallenge, codeChallengeMethod: 'S256', redirectUri: slip.returnAddress.url,
    ...(state.nonce === null ? {} : { nonce: state.nonce }), ...(state.dpopKey === null ? {} : { dpopJkt: state.dpopKey }),
    ...(resources.length === 0 ? {} : { resource: resources.length === 1 ? resources[0] : resources }),
  } as unknown as ConstructorParameters<Provider['AuthorizationCode']>[0]);
};

const withQuery = (url: string, fields: Answer): string => {
  const address = new URL(url);
  for (const [name, value] of Object.entries(fields)) address.searchParams.set(name, value);
  return address.href;
};
/** The fields in a signed JWT [JARM §2.3]. */
const signed = async (fields: Answer, client: string, { provider }: OidcFaceSettings): Promise<string> => {
  const known = (await provider.Client.find(client)) ?? fail('service.disabled', 'the client is gone or switched off', { client });
  const token = new provider.IdToken({}, { client: known });
  (token as unknown as { extra: Answer }).extra = fields;
  return (token as unknown as { issue(options: { use: 'authorization' }): Promise<string> }).issue({ use: 'authorization' });
};
const answerWith = async (slip: AnswerSlip, fields: Answer, client: string, settings: OidcFaceSettings): Promise<ProtocolAnswer> => {
  const { url, binding } = slip.returnAddress;
  const { state } = readSlipState(slip.faceState);
  const named = { ...fields, ...(state === null ? {} : { state }) };
  const sent = binding.endsWith('jwt') ? { response: await signed(named, client, settings) } : { ...named, iss: settings.issuer }; // [RFC 9207 §2; JARM §2.1: iss is in the JWT]
  return binding.startsWith('form_post') ? { kind: 'post-form', action: url, fields: sent } : { kind: 'redirect', to: withQuery(url, sent) };
};

const ours = (service: ServiceParty): OidcParty => (isOidcParty(service) ? service : fail('internal', 'a service of another protocol', { service: service.id }));

const useUp = (pushed: string, service: OidcParty, { stores }: OidcFaceSettings) => async (): Promise<void> => {
  if (!(await stores.oidc.consume('PushedAuthorizationRequest', pushed))) fail('oidc.request-used', 'the pushed request was answered before', { service: service.id }); // [RFC 9126 §7.3]
};

const respond = async (transaction: ReleasedTransaction, service: OidcParty, session: SessionFacts, settings: OidcFaceSettings): Promise<FaceAnswer> => {
  const { slip } = transaction;
  const state = readSlipState(slip.faceState);
  const now = Math.floor(settings.clock.now() / 1000);
  const sub = subjectFor(service, transaction.released.subjectKey, settings.subjectSecret);
  if (state.hintedSubject !== null && state.hintedSubject !== sub) return fail('oidc.other-person', 'id_token_hint names another person', { service: service.id }); // [OIDC §3.1.2.1]
  const grant = newId(settings.random, 128);
  const snapshot = snapshotOf(state, transaction, service, { sub, sid: session.index, now, settings });
  const code = newCode(grant, state, snapshot, slip, settings);
  const { oidc } = settings.stores;
  return {
    answer: await answerWith(slip, { code: code.jti }, service.wire.entityId, settings),
    entry: { key: `oidc:${service.id}`, service: service.id, party: service.party, protocol: 'oidc', answeredAt: now * 1000, faceState: entryState({ client: service.wire.entityId, sid: session.index, sub, grant }) },
    auditFacts: { grant, responseMode: slip.returnAddress.binding, scopes: state.scopes, pushed: state.pushed !== null },
    ...(state.pushed === null ? {} : { once: useUp(state.pushed, service, settings) }),
    keep: async () => { await Promise.all([oidc.put('Grant', grant, { value: snapshotRecord(snapshot), seconds: settings.grantSeconds }), code.save()]); },
  };
};

const refuse = async (slip: AnswerSlip, error: BrygganError, service: OidcParty, settings: OidcFaceSettings): Promise<ProtocolAnswer | null> => {
  const { saml, oauth } = errorCatalogue[error.code];
  if (saml === null || oauth === null) return null;
  // The code is all that the client is told in words: it is stable, and holds nothing about the person.
  return answerWith(slip, { error: oauth, error_description: error.code }, service.wire.entityId, settings);
};

/** The OpenID Connect face of the login: step 6 for requests that `acceptAuthorization` took in. */
export const createOidcFace = (settings: OidcFaceSettings): ProtocolFace => ({
  protocol: 'oidc',
  respond: (transaction, service, session) => respond(transaction, ours(service), session, settings),
  refuse: (slip, error, service) => refuse(slip, error, ours(service), settings),
});
