/** A service of the registry as oidc-provider's client metadata. Made anew from the registry at every look: nothing of it is kept. */
import { createHash } from 'node:crypto';
import type { AllClientMetadata } from 'oidc-provider';
import { equalSecrets } from '../../core/secrets.ts';
import type { OidcParty } from '../../parties/model.ts';

const known = new WeakMap<OidcParty, AllClientMetadata>();
const keysOf = ({ wire: { keys } }: OidcParty): Pick<AllClientMetadata, 'jwks' | 'jwks_uri'> =>
  keys.kind === 'inline' ? { jwks: keys.jwks } : keys.kind === 'uri' ? { jwks_uri: keys.uri } : {};

const metadataOf = (service: OidcParty): AllClientMetadata => {
  const { wire } = service;
  const [secret] = wire.secretHashes;
  return {
    client_id: wire.entityId, client_name: service.names.sv, application_type: wire.application,
    redirect_uris: [...wire.redirectUris], response_types: ['code'], grant_types: wire.refreshTokens ? ['authorization_code', 'refresh_token'] : ['authorization_code'],
    token_endpoint_auth_method: wire.authentication,
    // Never compared as it stands: `secretMatches` compares hashes.
    ...(secret === undefined ? {} : { client_secret: secret }),
    ...keysOf(service),
    subject_type: 'public',
    id_token_signed_response_alg: wire.idTokenAlgorithm,
    authorization_signed_response_alg: wire.idTokenAlgorithm,
    ...(wire.signedUserinfo ? { userinfo_signed_response_alg: wire.idTokenAlgorithm } : {}),
    ...(wire.pushedRequests ? { require_pushed_authorization_requests: true } : {}),
    ...(wire.signedRequests ? { require_signed_request_object: true } : {}),
    ...(wire.bound === 'dpop' ? { dpop_bound_access_tokens: true } : {}),
    ...(wire.bound === 'certificate' ? { tls_client_certificate_bound_access_tokens: true } : {}),
    ...(wire.certificateSubject === null ? {} : { tls_client_auth_subject_dn: wire.certificateSubject }),
  };
};
export const clientMetadata = (service: OidcParty): AllClientMetadata => {
  const found = known.get(service) ?? metadataOf(service);
  known.set(service, found);
  return found;
};

/** One of the hashes in the settings file is the secret's; constant time in the content. */
export const secretMatches = (service: OidcParty | undefined, secret: string): boolean => {
  const hash = createHash('sha256').update(secret).digest('hex');
  return (service?.wire.secretHashes ?? []).map((kept) => equalSecrets(kept, hash)).includes(true);
};
