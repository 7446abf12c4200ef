/** Step 5: what may this service know? Everything behind this line sees only what was released. */
import { answerLevel } from '../core/assurance.ts';
import { fail, type BrygganError } from '../core/errors.ts';
import { hmac } from '../core/secrets.ts';
import type { LocalisedText } from '../core/locale.ts';
import { labelOf, serialise } from '../attributes/catalogue.ts';
import { release } from '../attributes/release.ts';
import type { ReleasedIdentity } from '../attributes/model.ts';
import type { ServiceParty } from '../parties/model.ts';
import type { Acting } from './acting.ts';
import type { LoginPorts } from './context.ts';
import type { AuthenticatedTransaction, ReleasedTransaction } from './transaction.ts';

export const releaseFor = (transaction: AuthenticatedTransaction, acting: Extract<Acting, { kind: 'chosen' }>, service: ServiceParty, ports: LoginPorts): ReleasedTransaction => {
  const { identity, request, session } = transaction;
  const assuranceUri = answerLevel(identity.level, request.assurance ?? undefined, service.federation.assurance)
    ?? fail('saml.authn-context', 'the login is not at a level that was asked for', { level: identity.level }); // [SAMLCore §3.3.2.2.1]
  const released = release({
    service, policy: ports.releasePolicy(), acting: acting.acting, requested: request.requestedAttributes, requesters: request.proxying?.requesters ?? [],
    context: { assuranceUri, environment: ports.settings.environment, transactionIdentifier: transaction.reference },
  });
  const { id, reference, expiresAt, cookieHash, beginCodeHash, locale } = transaction;
  return {
    state: 'released', id, reference, expiresAt, cookieHash, beginCodeHash, locale,
    slip: request.slip, session, assuranceUri, released,
    identity: { method: identity.method, level: identity.level, authenticatedAt: identity.authenticatedAt, ...(identity.upstream === undefined ? {} : { upstream: identity.upstream }) },
  };
};

/** That this person has seen, at this service, that these facts leave. Another set of them is another mark, and is shown again [SC-DP §5.4.5]. */
export const releaseMark = ({ released, slip }: ReleasedTransaction, { person }: AuthenticatedTransaction['identity'], ports: LoginPorts): string =>
  hmac(ports.settings.secret, 'release', person.kind === 'hsa-id' ? person.hsaId : person.number, slip.service, Object.keys(released.attributes).toSorted().join(' ')).slice(0, 16);

/** Names of the facts that a refusal of this step is about, for the page. */
export const factsNamedBy = ({ code, facts }: BrygganError): readonly LocalisedText[] => {
  const { attributes } = facts;
  return (code === 'release.required-missing' || code === 'release.required-held-back') && typeof attributes === 'string' ? attributes.split(' ').map(labelOf) : [];
};

/** The released facts in words, for federations that demand that the person sees them. */
export const wordsOf = (released: ReleasedIdentity): readonly { readonly label: LocalisedText; readonly values: readonly string[] }[] =>
  Object.entries(released.attributes).map(([attribute, values]) => ({
    label: labelOf(attribute),
    values: values.map((value) => serialise(attribute, value, { dialect: 'sambi', commissionRight: 'text' })),
  }));
