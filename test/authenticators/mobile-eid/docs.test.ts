/** docs/mobile.md: its examples load, its codes exist, its pictures are there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, describe, expect, it } from 'vitest';
import { mobileServices } from '../../../src/config/schema/methods.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { errorCatalogue } from '../../../src/core/error-catalogue.ts';
import { developmentRoot, removeRoots } from '../../config/root.ts';

afterAll(removeRoots);
const docs = join(import.meta.dirname, '../../../docs');
const text = readFileSync(join(docs, 'mobile.md'), 'utf8');
const listed = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap(([, yaml = '']) => (parse(yaml) as { methods: (Record<string, unknown> | string)[] }).methods);
const examples = listed.filter((one) => typeof one !== 'string');
/** As a party or a service names them. */
const named = listed.filter((one) => typeof one === 'string');

describe('docs/mobile.md', () => {
  it.each(examples.map((example): [string, Record<string, unknown>] => [String(example['id']), example]))('the example %s loads', (id, example) => {
    const root = developmentRoot();
    const at = (key: string, from: string): void => root.write(String(example[key]), readFileSync(join(import.meta.dirname, '../../../certs-dev', from)));
    at('authorityFile', 'authorities/efos-root.crt.pem');
    at('certificateFile', 'functions/bryggan.crt.pem');
    at('keyFile', 'functions/bryggan.key.pem');
    const { freja } = example as { readonly freja?: { readonly keyFiles: readonly string[] } };
    for (const file of freja?.keyFiles ?? []) root.write(file, readFileSync(join(import.meta.dirname, '../../../certs-dev/keys/saml-signing-ec.crt.pem')));
    // Rows of issuers that are not public stand in no file of ours.
    root.set('methods', ['methods', 1], example['issuers'] === undefined ? example : { ...example, issuers: ['dev-efos-mobile'] });
    expect(loadConfiguration(root.path, {}).methods[1]).toMatchObject({ id, kind: 'mobile' });
  });
  it('there is one for every service', () => { expect(new Set(examples.map(({ service }) => service))).toEqual(new Set(mobileServices)); });
  it('what a party names is one of them, or the card', () => {
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((id) => id !== 'siths-card' && !examples.some((example) => example['id'] === id))).toEqual([]);
  });
  it('every code that it names is in the catalogue, and every one of phones is named', () => {
    const codes = new Set([...text.matchAll(/`(mobile\.[a-z-]+)`/g)].map(([, code = '']) => code));
    expect([...codes].filter((code) => !Object.hasOwn(errorCatalogue, code))).toEqual([]);
    expect(Object.keys(errorCatalogue).filter((code) => code.startsWith('mobile.') && code !== 'mobile.pace' && !codes.has(code))).toEqual([]);
  });
  it('its pictures are there', () => {
    for (const [, file = ''] of text.matchAll(/src="([^"]+)"/g)) expect(existsSync(join(docs, file)), file).toBe(true);
  });
});
