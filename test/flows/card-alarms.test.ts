/** What operations see of cards before anybody calls: warnings in the trail, gauges, refusals counted. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { createRevocationService } from '../../certs-dev/revocation.ts';
import { askingService, logIn, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';

const DAY = 86_400_000;
const service = askingService({ name: 'journal' });
const old = createServer((_request, response) => { response.end(createRevocationService({ now: () => Date.now() - 1.5 * DAY }).list('siths-hsa-id-3')); });
let bryggan: Bryggan;
beforeAll(async () => {
  await new Promise<void>((done) => { old.listen(0, '127.0.0.1', done); });
  const url = `http://127.0.0.1:${String((old.address() as AddressInfo).port)}/old.crl`;
  bryggan = await startBryggan({
    services: [service.files],
    prepare: ({ root }) => {
      const file = join(root, 'config', 'issuers.yaml');
      const document = parseDocument(readFileSync(file, 'utf8'));
      const { issuers } = document.toJS() as { issuers: { id: string }[] };
      const at = (id: string): number => issuers.findIndex((row) => row.id === id);
      document.setIn(['issuers', at('dev-siths-hsa-id-3'), 'crlUrls'], document.createNode([url]));
      document.deleteIn(['issuers', at('dev-siths-hsa-id-3'), 'ocspUrl']);
      document.setIn(['issuers', at('dev-siths-hsa-id-3'), 'revocation'], document.createNode({ order: ['crl'], staleSeconds: 172_800 }));
      document.setIn(['issuers', at('dev-efos-hsa-id'), 'level'], 'loa2');
      writeFileSync(file, String(document));
    },
  });
});
afterAll(async () => { await bryggan.stop(); old.closeAllConnections(); old.close(); });

const metrics = async (): Promise<string> => (await fetch(`${bryggan.managementUrl}/metrics`)).text();
const lines = (type: string) => bryggan.audit().filter((line) => line.type === type);

describe('a list past its end that the row still accepts', () => {
  it('lets the card in; each use leaves card.stale-list in the trail', async () => {
    const before = lines('card.stale-list').length;
    receivedFrom(await logIn(bryggan.agentFor('anna-berglund'), bryggan, service));
    await until('the warning is on record', () => lines('card.stale-list').length === before + 1);
    expect(lines('card.stale-list').at(-1)?.facts).toMatchObject({ authority: 'dev-siths-hsa-id-3' });
  });
  it('a card of an issuer whose list is in time leaves none', async () => {
    const before = lines('card.stale-list').length;
    receivedFrom(await logIn(bryggan.agentFor('viktor-ahl'), bryggan, service));
    const marker = lines('login.succeeded').length;
    await until('the login is on record', () => lines('login.succeeded').length >= marker);
    expect(lines('card.stale-list')).toHaveLength(before);
  });
  it('metrics give staleness, alarm and the last fetch of every issuer', async () => {
    const text = await metrics();
    expect(text).toMatch(/bryggan_revocation_alarm\{issuer="dev-siths-hsa-id-3"\} 2/);
    expect(Number(/bryggan_revocation_stale_seconds\{issuer="dev-siths-hsa-id-3"\} (\S+)/.exec(text)?.[1])).toBeGreaterThan(40_000);
    expect(text).toMatch(/bryggan_revocation_alarm\{issuer="dev-siths-person-id-3"\} 0/);
    expect(Number(/bryggan_revocation_last_fetch_seconds\{issuer="dev-siths-person-id-3",source="network"\} (\S+)/.exec(text)?.[1])).toBeGreaterThan(Date.now() / 1000 - 3600);
  });
});
describe('policy and issuer that disagree about the level', () => {
  it('the lower counts and the trail gets a warning', async () => {
    receivedFrom(await logIn(bryggan.agentFor('yasmin-noor'), bryggan, service));
    await until('the warning is on record', () => lines('card.level-disagreement').length > 0);
    expect(lines('card.level-disagreement').at(-1)?.facts).toMatchObject({ authority: 'dev-efos-hsa-id', byPolicy: 'loa3', byIssuer: 'loa2' });
    expect(lines('login.authenticated').at(-1)?.facts).toMatchObject({ level: 'loa2' });
  });
});
describe('refused cards', () => {
  it('are counted by service and code', async () => {
    await logIn(bryggan.agentFor('jonas-falk'), bryggan, service);
    expect(await metrics()).toMatch(/bryggan_logins_total\{party="vgr",service="vgr\/journal",method="certificate",result="card\.expired"\} 1/);
  });
});
describe('certificates of ours', () => {
  it('are in the metrics with their ends', async () => {
    const text = await metrics();
    for (const what of ['public TLS', 'card TLS', 'SAML signing', 'metadata signing']) expect(Number(new RegExp(`bryggan_certificate_not_after_seconds\\{certificate="${what}"\\} (\\S+)`).exec(text)?.[1]), what).toBeGreaterThan(Date.now() / 1000);
  });
});
