/** The OpenID Foundation's plan "oidcc-config-certification-test-plan", and what the Swedish profile adds to discovery. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBryggan, type Bryggan } from '../../fixtures/bryggan.ts';
import { trustingFetch } from '../../fixtures/oidc-client.ts';

let bryggan: Bryggan;
let metadata: Readonly<Record<string, unknown>>;
beforeAll(async () => {
  bryggan = await startBryggan();
  metadata = await (await trustingFetch(`${bryggan.baseUrl}/.well-known/openid-configuration`, { method: 'GET' } as never)).json() as Readonly<Record<string, unknown>>;
});
afterAll(() => bryggan.stop());
const listOf = (name: string): readonly string[] => metadata[name] as readonly string[];

describe('oidcc-config-certification-test-plan', () => {
  it('oidcc-discovery-endpoint-verification', async () => {
    expect(metadata['issuer']).toBe(bryggan.baseUrl);
    for (const endpoint of ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri', 'introspection_endpoint', 'revocation_endpoint', 'pushed_authorization_request_endpoint']) expect(metadata[endpoint]).toEqual(expect.stringMatching(new RegExp(`^${bryggan.baseUrl}/oidc/`)));
    expect(listOf('response_types_supported')).toEqual(['code']);
    expect(listOf('subject_types_supported')).toEqual(expect.arrayContaining(['public', 'pairwise']));
    expect(listOf('id_token_signing_alg_values_supported')).toContain('RS256');
    expect(listOf('scopes_supported')).toContain('openid');
    expect(listOf('claims_supported')).toEqual(expect.arrayContaining(['sub', 'acr', 'auth_time', 'given_name', 'employeeHsaId', 'allCommissions', 'authorizationScope', 'https://id.oidc.se/claim/orgName']));
    const { keys } = await (await trustingFetch(metadata['jwks_uri'] as string, { method: 'GET' } as never)).json() as { readonly keys: readonly Readonly<Record<string, unknown>>[] };
    expect(keys.every((key) => key['kid'] !== undefined && key['d'] === undefined)).toBe(true);
  });
  it('is the same document at the address of OAuth [RFC 8414]', async () => {
    expect(await (await trustingFetch(`${bryggan.baseUrl}/.well-known/oauth-authorization-server`, { method: 'GET' } as never)).json()).toEqual(metadata);
  });
});
describe('Swedish OpenID Connect profile', () => {
  it('states what the profile demands of discovery [SE-OP §5.2]', () => {
    expect(listOf('code_challenge_methods_supported')).toEqual(['S256']);
    expect(listOf('token_endpoint_auth_methods_supported')).toContain('private_key_jwt');
    expect(listOf('token_endpoint_auth_signing_alg_values_supported')).toEqual(expect.arrayContaining(['RS256', 'ES256']));
    expect(listOf('acr_values_supported')).toEqual(expect.arrayContaining(['http://id.sambi.se/loa/loa3']));
    expect(metadata).toMatchObject({ claims_parameter_supported: true, request_parameter_supported: true, authorization_response_iss_parameter_supported: true, ui_locales_supported: ['sv', 'en'] });
    expect(listOf('scopes_supported')).toEqual(expect.arrayContaining(['https://id.oidc.se/scope/naturalPersonInfo', 'https://id.oidc.se/scope/naturalPersonNumber', 'https://id.oidc.se/scope/naturalPersonOrgId']));
  });
});
