/** Every option of oidc-provider is decided by us: one that an upgrade adds fails here until somebody has decided. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const { defaults } = (await import(new URL('../../../node_modules/oidc-provider/lib/helpers/defaults.js', import.meta.url).href)) as { readonly defaults: Readonly<Record<string, unknown>> & { readonly features: Readonly<Record<string, unknown>> } };
const source = readFileSync(new URL('../../../src/protocols/oidc-op/provider.ts', import.meta.url), 'utf8');
/** Not set, each with its reason. */
const left: Readonly<Record<string, string>> = {
  clients: 'clients come from the registry through the adapter',
  extraParams: 'no parameter of our own',
  extraClientMetadata: 'no member of our own',
  sectorIdentifierUriValidate: 'clients have no sector_identifier_uri',
};
/** Off in oidc-provider, and left so: experimental, or of no use here. */
const off = new Set(['attestClientAuth', 'clientIdMetadataDocument', 'jwtIntrospection', 'richAuthorizationRequests', 'rpMetadataChoices', 'webMessageResponseMode', 'externalSigningSupport', 'openid4vci']);

describe('options of oidc-provider', () => {
  it.each(Object.keys(defaults).filter((name) => name !== 'features'))('%s is set, or left for a reason', (name) => {
    expect(new RegExp(`^ {4}(?:${name}:|${name},)`, 'm').test(source) || left[name] !== undefined).toBe(true);
  });
  it.each(Object.keys(defaults.features))('the feature %s is decided', (name) => {
    const isOff = !(defaults.features[name] as { readonly enabled: boolean }).enabled;
    expect(new RegExp(`\\b${name}: \\{`).test(source) || (off.has(name) && isOff)).toBe(true);
  });
});
