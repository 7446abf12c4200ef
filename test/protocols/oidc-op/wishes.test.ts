/** From scopes and the claims parameter to wishes of the login: names of both registers, essential, values, levels. */
import { describe, expect, it } from 'vitest';
import { isOidcParty, type OidcClient, type OidcParty } from '../../../src/parties/model.ts';
import { assuranceOf, claimsByScope, claimWishes, preselectionOf, requestedAttributes } from '../../../src/protocols/oidc-op/wishes.ts';
import { clientFileSchema, clientFrom } from '../../../src/parties/client-file.ts';
import { testService } from '../../fixtures/saml.ts';

const wire = clientFrom(clientFileSchema.parse({ clientId: 'https://client.example/', redirectUris: ['https://client.example/cb'], jwksUri: 'https://client.example/jwks' }), []);
const service = (overrides: Partial<OidcClient> = {}): OidcParty => {
  const party = { ...testService(), wire: { ...wire, ...overrides } };
  if (!isOidcParty(party)) throw new Error('not a client');
  return party;
};
const named = (scopes: readonly string[], claims = {}): readonly string[] => claimWishes(scopes, claims, service()).map(({ claim }) => claim);

describe('scopes', () => {
  it('profile stands for names', () => { expect(named(['openid', 'profile'])).toEqual(expect.arrayContaining(['given_name', 'family_name', 'name'])); });
  it('openid alone asks for nothing of a person', () => { expect(named(['openid'])).toEqual([]); });
  it('unknown scopes are ignored', () => { expect(named(['openid', 'nonsense', '__proto__', 'constructor'])).toEqual([]); });
  it('the Swedish profile’s natural person is told by userinfo alone', () => {
    const wishes = claimWishes(['openid', 'https://id.oidc.se/scope/naturalPersonInfo'], {}, service());
    expect(wishes.find(({ claim }) => claim === 'given_name')?.places).toEqual(['userinfo']);
  });
  it('a client may have scope claims from userinfo alone', () => {
    expect(claimWishes(['openid', 'profile'], {}, service({ scopeClaims: 'userinfo' })).every(({ places }) => places.length === 1)).toBe(true);
  });
  it('every claim of a published scope is one that somebody has a name for', () => {
    for (const [scope, claims] of claimsByScope()) expect([scope, claims.length > 0]).toEqual([scope, true]);
  });
});

describe('the claims parameter', () => {
  it('essential is required, null is not', () => {
    const wishes = claimWishes(['openid'], { id_token: { given_name: { essential: true }, family_name: null } }, service());
    expect(requestedAttributes(wishes)).toEqual([{ attribute: 'givenName', wireName: 'given_name', required: true }, { attribute: 'surname', wireName: 'family_name', required: false }]);
  });
  it('a claim by scope and by parameter is one wish at both places', () => {
    const wish = claimWishes(['openid', 'profile'], { userinfo: { given_name: { essential: true } } }, service()).find(({ claim }) => claim === 'given_name');
    expect([wish?.places, wish?.essential]).toEqual([['id_token', 'userinfo'], true]);
  });
  it('one value preselects; a list of administrative scopes does not', () => {
    expect(preselectionOf(claimWishes(['openid'], { id_token: { commissionHsaId: { value: 'SE1' }, authorizationScope: { value: 'X' } } }, service()))).toEqual({ commissionHsaId: 'SE1' });
  });
  it('what the protocol delivers itself, and names nobody knows, are not looked up', () => {
    expect(named(['openid'], { id_token: { acr: { essential: true }, auth_time: null, nobody: null, constructor: null }, userinfo: { toString: null } })).toEqual([]);
  });
});

describe('levels', () => {
  const LOA3 = Object.keys(service().federation.assurance.accept)[0] ?? '';
  it('essential binds exactly', () => { expect(assuranceOf(undefined, { id_token: { acr: { value: LOA3, essential: true } } }, service())).toEqual({ comparison: 'exact', uris: [LOA3] }); });
  it('acr_values and a claim that is not essential are wishes', () => {
    expect(assuranceOf(LOA3, {}, service())).toEqual({ comparison: 'exact', uris: [LOA3], voluntary: true });
    expect(assuranceOf(undefined, { id_token: { acr: { values: [LOA3] } } }, service())).toMatchObject({ voluntary: true });
  });
  it('no level, or only unknown ones, is any level; an essential unknown one cannot be met', () => {
    expect([assuranceOf(undefined, {}, service()), assuranceOf('urn:nobody', {}, service())]).toEqual([null, null]);
    expect(() => assuranceOf(undefined, { id_token: { acr: { value: 'urn:nobody', essential: true } } }, service())).toThrow(expect.objectContaining({ code: 'saml.authn-context' }));
  });
});
