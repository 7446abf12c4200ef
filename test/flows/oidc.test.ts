/** The code flow on a real Bryggan, with openid-client on the application's side and the card in the reader. */
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { testClient } from '../fixtures/oidc-client.ts';

const journal = testClient({ name: 'journal-oidc' });
const secret = testClient({ name: 'secret', authentication: 'client_secret_basic' });
let bryggan: Bryggan;
beforeAll(async () => { bryggan = await startBryggan({ services: [journal.files, secret.files] }); });
afterAll(() => bryggan.stop());

describe('code flow', () => {
  it('a card login ends in an ID token and userinfo with the facts that were asked for', async () => {
    const tokens = await journal.logIn(bryggan.agentFor('anna-berglund'), bryggan);
    const claims = tokens.claims();
    expect(claims).toMatchObject({ iss: bryggan.baseUrl, aud: journal.clientId, acr: 'http://id.sambi.se/loa/loa3', given_name: 'Anna' });
    expect(claims?.sub).not.toMatch(/\d{10}/);
    const userinfo = await oidc.fetchUserInfo(await journal.configuration(bryggan), tokens.access_token, claims?.sub ?? '');
    expect(userinfo).toMatchObject({ sub: claims?.sub, given_name: 'Anna', employeeHsaId: expect.stringMatching(/^SE/) as string });
  });
  it('client_secret_basic works for the client whose file says so', async () => {
    const tokens = await secret.logIn(bryggan.agentFor('anna-berglund'), bryggan);
    expect(tokens.claims()?.aud).toBe(secret.clientId);
  });
});
