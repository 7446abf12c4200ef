/** `bryggan release`: both protocols beside each other, a reason for every fact, and nothing that points at a protected person. */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { previewFor } from '../../src/admin/preview.ts';
import type { Opened } from '../../src/admin/tools.ts';
import { createTools } from '../../src/app-tools.ts';
import { askingService } from '../fixtures/asking-service.ts';
import { product } from '../fixtures/bryggan.ts';
import { rejectedWith } from '../fixtures/refused.ts';
import { developmentRoot, removeRoots } from '../config/root.ts';

const sambi = askingService({ name: 'sambi', wants: ['employeeHsaId!', 'givenName', 'commissionHsaId', 'commissionRight', 'personalIdentityNumber', 'mail'], yaml: 'release: { deny: [mail] }\n' });
let opened: Opened;
beforeAll(async () => {
  const root = developmentRoot();
  cpSync(join(product, 'config/directory-data'), join(root.path, 'config/directory-data'), { recursive: true });
  mkdirSync(join(root.path, 'metadata/services/vgr'), { recursive: true });
  root.write('metadata/services/vgr/sambi.yaml', sambi.files.yaml);
  root.write('metadata/services/vgr/sambi.xml', sambi.files.xml);
  opened = await createTools(root.path).open();
});
afterAll(async () => { await opened.close(); removeRoots(); });
const preview = (person: string, commission?: string) => previewFor({ service: 'vgr/sambi', person, commission, level: 'loa3' }, opened, Date.now());

describe('release', () => {
  it('stops where a login would: nobody’s employee, and nobody at all', async () => {
    await rejectedWith('directory.organisation', preview('SE5599981015-DEV2001'));
    await rejectedWith('directory.person-unknown', preview('SE2321000131-NOBODY'));
  });
  it('shows what the service would get over SAML and over OpenID Connect, each fact with its outcome and its rule', async () => {
    const shown = await preview('SE2321000131-DEV1001');
    expect(shown).toMatchObject({ service: 'vgr/sambi', loginFails: false });
    const byId = Object.fromEntries(('attributes' in shown ? shown.attributes : []).map((row) => [row.attribute, row]));
    expect(byId['givenName']).toEqual({ attribute: 'givenName', outcome: 'released', rule: 'ordinary-facts', required: false, saml: { name: 'http://sambi.se/attributes/1/givenName', values: ['Anna'] }, openIdConnect: { name: 'given_name', value: 'Anna' } });
    expect(byId['commissionRight']?.saml.values[0]).toMatch(/^[^;]+;[^;]+;[^;]+$/);
    expect(byId['commissionRight']?.openIdConnect.value).toMatchObject([{ activity: 'Läsa' }, {}, {}]);
    expect(byId['mail']).toMatchObject({ outcome: 'held-back', rule: 'service-deny', saml: { values: [] }, openIdConnect: { value: null } });
  });
  it('says which question the person would be asked, as a login would', async () => {
    expect(await preview('SE2321000131-DEV1002')).toMatchObject({ wouldAsk: 'which commission' });
  });
  it('names no protected person and no place of theirs; the ordinary twin is named (threats J08)', async () => {
    const policy = opened.releasePolicy;
    const approving = { ...opened, releasePolicy: { rules: [...policy.rules, { id: 'approved', when: {}, entitlements: ['protected-person' as const] }] } };
    const shown = JSON.stringify(await previewFor({ service: 'vgr/sambi', person: 'SE2120001553-DEV1014', commission: undefined, level: 'loa3' }, approving, Date.now()));
    expect(shown).not.toMatch(/Nils|Hallman|190112129911|protected/i);
    expect(shown).toContain('(not shown)');
    expect(JSON.stringify(await preview('SE2120001553-DEV1014'))).not.toMatch(/Nils|Hallman|190112129911|protected/i);
    expect(JSON.stringify(await preview('SE2321000131-DEV1001'))).toContain('Anna');
  });
});
