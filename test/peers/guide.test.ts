/** The guide's own words on real modules: Apache with mod_auth_mellon and with mod_auth_openidc, set up with the settings that the guide prints and nothing else but paths. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet, pathOf, readFilePem } from '../../certs-dev/set.ts';
import type { Guide } from '../../src/admin/kit/guide.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { freePorts } from '../fixtures/ports.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';
import { startApache, type Apache } from './apache.ts';
import { mellonService } from './mellon.ts';
import { apacheClient, CLIENT_SECRET } from './mod-auth-openidc.ts';

const [mellonPort = 0, openidcPort = 0] = await freePorts(2);
const [mellonUrl, openidcUrl] = [`https://127.0.0.1:${String(mellonPort)}`, `https://127.0.0.1:${String(openidcPort)}`];
const machine = developmentSet().machine('demo-2');
const tls = { certificateFile: pathOf('tls/application.crt.pem'), keyFile: pathOf('tls/application.key.pem') };
const page = (variables: readonly string[]): string => `<!doctype html><title>Inside</title>${variables.map((name) => `<p id="${name}"><!--#echo var="${name}" --></p>`).join('')}`;
let bryggan: Bryggan;
const started: Apache[] = [];

const guideOf = async (service: string): Promise<Guide> => {
  const { code, output } = await bryggan.command(['service', 'show', service, '--guide', '--language', 'en', '--json']);
  if (code !== 0) throw new Error(output);
  return JSON.parse(output) as Guide;
};
const settingsOf = async (service: string, product: string): Promise<string> => (await guideOf(service)).products.find(({ id }) => id === product)?.settings ?? '';
beforeAll(async () => { bryggan = await startBryggan({ services: [mellonService(mellonUrl), apacheClient(openidcUrl)] }); });
afterAll(async () => { await Promise.all(started.map((one) => one.stop())); await bryggan.stop(); });
const inside = async (agent: UserAgent, url: string): Promise<Visit> => agent.settle(await agent.go(url), ({ title }) => title === 'Inside');
const field = (visit: Visit, id: string): string | undefined => new RegExp(`<p id="${id}">([^<]*)</p>`).exec(visit.body)?.[1];

describe('settings of the guide', () => {
  it('log a nurse in at mod_auth_mellon, with the facts under the names that the guide gives them', async () => {
    const settings = await settingsOf('vgr/mellon', 'mod-auth-mellon');
    const metadata = await (await bryggan.agentFor(null).once(`${bryggan.baseUrl}/saml/metadata`)).text();
    const apache = await startApache({
      ...tls, port: mellonPort, modules: ['auth_mellon'], directives: settings.replaceAll('/etc/apache2/mellon/', '@DIR@/'),
      files: { 'sp.xml': mellonService(mellonUrl).xml, 'sp.key': readFilePem(machine.keyFile), 'sp.crt': readFilePem(machine.certFile), 'bryggan.xml': metadata, 'htdocs/inside.shtml': page(['EMPLOYEEHSAID', 'GIVENNAME', 'COMMISSIONHSAID', 'REMOTE_USER']) },
    });
    started.push(apache);
    const visit = await inside(bryggan.agentFor('anna-berglund'), `${mellonUrl}/inside.shtml`);
    expect([visit.title, field(visit, 'EMPLOYEEHSAID'), field(visit, 'GIVENNAME'), field(visit, 'REMOTE_USER')], apache.log().slice(-2000)).toEqual(['Inside', 'SE2321000131-DEV1001', 'Anna', 'SE2321000131-DEV1001']);
    expect(field(visit, 'COMMISSIONHSAID')).toMatch(/^SE\d{10}-/);
    expect(readFileSync(`${apache.directory}/error.log`, 'utf8')).not.toMatch(/\[auth_mellon:error\]/);
  });
  it('log her in at mod_auth_openidc, by name and HSA-id, at the level that the guide asks for', async () => {
    const settings = await settingsOf('vgr/apache-oidc', 'mod-auth-openidc');
    const apache = await startApache({
      ...tls, port: openidcPort, modules: ['auth_openidc'],
      directives: `${settings.replaceAll('/etc/apache2/oidc/', '@DIR@/')}\nOIDCCABundlePath ${bryggan.caFile}`,
      files: { 'secrets.conf': `OIDCClientSecret ${CLIENT_SECRET}\nOIDCCryptoPassphrase a-passphrase-of-a-test-0123456789\n`, 'htdocs/inside.shtml': page(['OIDC_CLAIM_employeeHsaId', 'OIDC_CLAIM_given_name', 'OIDC_CLAIM_acr', 'REMOTE_USER']) },
    });
    started.push(apache);
    const visit = await inside(bryggan.agentFor('anna-berglund'), `${openidcUrl}/inside.shtml`);
    expect([visit.title, field(visit, 'OIDC_CLAIM_employeeHsaId'), field(visit, 'OIDC_CLAIM_given_name'), field(visit, 'OIDC_CLAIM_acr')], apache.log().slice(-2000)).toEqual(['Inside', 'SE2321000131-DEV1001', 'Anna', 'http://id.sambi.se/loa/loa3']);
    expect(field(visit, 'REMOTE_USER')).toContain('SE2321000131-DEV1001');
  });
  it('hold no secret', async () => {
    for (const id of ['vgr/mellon', 'vgr/apache-oidc']) {
      const text = JSON.stringify(await guideOf(id));
      expect([text.includes(CLIENT_SECRET), text.includes('PRIVATE KEY'), text.includes(bryggan.state), text.includes(bryggan.proxy.secret)]).toEqual([false, false, false, false]);
    }
  });
});
