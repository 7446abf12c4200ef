/** The main job on real programs: Apache with mod_auth_mellon, Chromium, a client certificate by real TLS; then on to a node-saml application. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet, readDer, readFilePem } from '../../certs-dev/set.ts';
import { createApplication } from '../../src/demo/application.ts';
import { writeServiceFiles, type DemoApplication } from '../../src/demo/service-files.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { freePorts, until } from '../fixtures/ports.ts';
import { startChromium, type CardChromium } from '../browser/chromium.ts';
import type { Apache } from './apache.ts';
import { mellonService, startMellon } from './mellon.ts';

let bryggan: Bryggan;
let apache: Apache;
let chromium: CardChromium;
let application: Server;
const [mellonPort = 0, applicationPort = 0] = await freePorts(2);
const [mellonUrl, applicationUrl] = [`https://127.0.0.1:${String(mellonPort)}`, `https://127.0.0.1:${String(applicationPort)}`];
const wanted = (name: string) => ({ name: `http://sambi.se/attributes/1/${name}`, required: true });
const second: DemoApplication = { id: 'nodesaml', party: 'boras', entityId: `${applicationUrl}/saml`, baseUrl: applicationUrl, names: { sv: 'Planering', en: 'Planning' }, federation: 'sambi', levels: ['http://id.sambi.se/loa/loa3'], wants: [wanted('employeeHsaId'), wanted('surname')] };
const [anna, erik] = [developmentSet().certificate('anna-berglund'), developmentSet().certificate('erik-sandstrom')];

/** The feed for applications, as its owner's machine would fetch it. */
const feed = async (): Promise<string> => {
  let text = '';
  await until('the feed is published', async () => {
    const answer = await bryggan.agentFor(null).once(`${bryggan.baseUrl}/metadata/applications.xml`);
    text = await answer.text();
    return answer.status === 200;
  });
  return text;
};
const startApplication = async (): Promise<void> => {
  const keys = developmentSet().machine('demo-1');
  application = createApplication({
    id: second.id, party: second.party, partyName: 'Borås Stad', name: 'Planning', baseUrl: applicationUrl, entityId: second.entityId,
    idp: { ssoUrl: bryggan.ssoUrl, entityId: bryggan.entityId, certificate: readFilePem('keys/saml-signing.crt.pem') },
    key: readFilePem(keys.keyFile), certificate: readFilePem(keys.certFile), levels: second.levels, tls: { key: readFilePem('tls/application.key.pem'), cert: readFilePem('tls/application.crt.pem') }, neighbour: null,
  });
  await new Promise<void>((resolve) => { application.listen(applicationPort, '127.0.0.1', resolve); });
  // Its metadata comes while Bryggan runs.
  writeServiceFiles(bryggan.root, second, readDer(keys.certFile).toString('base64'));
  await until('the new service is known', async () => {
    const login = await bryggan.agentFor(null).once(`${applicationUrl}/login`);
    return (await bryggan.agentFor(null).once(login.headers.get('location') ?? '')).status < 400;
  }, () => bryggan.log().slice(-2000));
};
beforeAll(async () => {
  bryggan = await startBryggan({ services: [mellonService(mellonUrl)] });
  [apache, chromium] = await Promise.all([startMellon(mellonPort, await feed(), readFilePem('keys/metadata-signing.crt.pem')), startChromium({ held: [anna, erik] }), startApplication()]);
});
afterAll(async () => {
  await chromium.close();
  application.close();
  await apache.stop();
  await bryggan.stop();
});

describe('mod_auth_mellon', () => {
  it('a nurse opens a page of Apache’s, her card logs her in, Apache knows who she is; the next application asks nothing', async () => {
    const context = await chromium.newContext({ locale: 'sv-SE' });
    const page = await context.newPage();
    await page.goto(`${mellonUrl}/inside.shtml`);
    await page.waitForURL(`${mellonUrl}/inside.shtml`);
    expect(await page.locator('#HSAID').textContent()).toBe('SE2321000131-DEV1001');
    expect(await page.locator('#GIVENNAME').textContent()).toBe('Anna');
    expect(await page.locator('#user').textContent()).toBe('SE2321000131-DEV1001');
    expect(await page.locator('#COMMISSION').textContent()).toMatch(/^SE\d{10}-/);

    const cards = bryggan.audit().filter(({ type }) => type === 'login.authenticated').length;
    await page.goto(`${applicationUrl}/login`);
    await page.waitForURL(`${applicationUrl}/`);
    expect(await page.textContent('body')).toContain('SE2321000131-DEV1001');
    expect(bryggan.audit().filter(({ type }) => type === 'login.authenticated')).toHaveLength(cards);
    expect(bryggan.audit().findLast(({ type }) => type === 'login.succeeded')).toMatchObject({ service: 'boras/nodesaml', facts: { reused: true } });
    await context.close();
  });
  it('a person with several commissions chooses one on the way, and Apache gets that one', async () => {
    await chromium.insert(erik);
    const context = await chromium.newContext({ locale: 'sv-SE' });
    const page = await context.newPage();
    await page.goto(`${mellonUrl}/inside.shtml`);
    await page.waitForSelector('[data-step=choose-commission]');
    await page.click('button[data-commission="1"]');
    await page.waitForURL(`${mellonUrl}/inside.shtml`);
    expect(await page.locator('#HSAID').textContent()).toBe('SE2321000131-DEV1002');
    expect(await page.locator('#COMMISSION').textContent()).toMatch(/^SE\d{10}-/);
    await context.close();
  });
  it('a feed that is not signed by the pinned key says nothing to it: it does not know whom to ask', async () => {
    const [port = 0] = await freePorts(1);
    const other = await startMellon(port, await feed(), readFilePem('keys/saml-signing.crt.pem'));
    try {
      const visit = await bryggan.agentFor(null).go(`https://127.0.0.1:${String(port)}/inside.shtml`);
      expect([visit.url.port, visit.status]).toEqual([String(port), 500]);
    } finally {
      await other.stop();
    }
  });
  it('mellon’s log names no fault', () => {
    expect(readFileSync(`${apache.directory}/error.log`, 'utf8')).not.toMatch(/\[auth_mellon:error\]/);
  });
});
