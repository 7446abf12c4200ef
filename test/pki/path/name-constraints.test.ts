/** Name constraints are mostly shown by PKITS 4.13 and x509-limbo; here is what those leave out. */
import { describe, expect, it } from 'vitest';
import { fromDer, implicit, implicitItems, sequence, toDer, type Asn1 } from '../../../certs-dev/asn1.ts';
import { name, type Extension } from '../../../certs-dev/certificate.ts';
import { oids } from '../../../src/pki/oids.ts';
import { findPath } from '../../../src/pki/path/build.ts';
import { NOW, makeAuthority } from '../authority.ts';

const root = makeAuthority('Root');
const tag = { email: 1, dns: 2, uri: 6, ip: 7 } as const;
type Kind = keyof typeof tag;
const general = (kind: Kind, value: string | Buffer): Asn1 => {
  const bytes = Buffer.from(value as string);
  // certs-dev writes context tags up to 7.
  return implicit(tag[kind], bytes);
};
const constraints = (permitted: readonly Asn1[], excluded: readonly Asn1[]): Extension => ({
  id: oids.nameConstraints, critical: true,
  value: sequence(...(permitted.length === 0 ? [] : [implicitItems(0, ...permitted.map((base) => sequence(base)))]), ...(excluded.length === 0 ? [] : [implicitItems(1, ...excluded.map((base) => sequence(base)))])),
});
const named = (...names: readonly Asn1[]): Extension => ({ id: oids.subjectAltName, critical: false, value: sequence(...names) });
const outcome = (rule: Extension, names: readonly Asn1[]): string => {
  const sub = makeAuthority('Sub', { parent: root, more: [rule] });
  const found = findPath({ leaf: sub.issue({ more: names.length === 0 ? [] : [named(...names)] }).certificate, anchors: [root.certificate], authorities: [sub.certificate], now: NOW, keyPurpose: null, maxIntermediates: 3 });
  return 'fault' in found ? found.fault.reason : 'holds';
};
const permit = (kind: Kind, value: string | Buffer): Extension => constraints([general(kind, value)], []);
const exclude = (kind: Kind, value: string | Buffer): Extension => constraints([], [general(kind, value)]);

describe('permitted', () => {
  it.each([
    ['dns', 'example.se', 'a.example.se', 'example.org'], ['dns', 'example.se', 'example.se', 'notexample.se'], ['dns', 'EXAMPLE.se', 'a.example.SE', 'a.example.sex'],
    ['email', 'example.se', 'a@example.se', 'a@b.example.se'], ['email', '.example.se', 'a@b.example.se', 'a@example.se'], ['email', 'a@example.se', 'a@EXAMPLE.se', 'A@example.se'],
    ['uri', 'host.example.se', 'https://host.example.se/x', 'https://other.example.se/'], ['uri', '.example.se', 'https://u:p@a.example.se:8443/', 'https://example.se/'],
    ['uri', '.example.se', 'https://a.example.se/', 'https://127.0.0.1/'], ['uri', '.example.se', 'https://a.example.se/', 'urn:x:a.example.se'],
    ['uri', '.example.se', 'https://a.example.se/', 'https://evil.org#@a.example.se/'],
  ] as const)('%s %s lets %s through and %s not', (kind, base, inside, outside) => {
    expect(outcome(permit(kind, base), [general(kind, inside)])).toBe('holds');
    expect(outcome(permit(kind, base), [general(kind, outside)])).toBe('name-constraints');
  });
  it('every name must lie inside, not one of them', () => expect(outcome(permit('dns', 'example.se'), [general('dns', 'a.example.se'), general('dns', 'b.example.org')])).toBe('name-constraints'));
  it('other kinds of names are not touched', () => expect(outcome(permit('dns', 'example.se'), [general('email', 'a@elsewhere.org')])).toBe('holds'));
  it('a certificate without any name of the kind is not touched', () => expect(outcome(permit('dns', 'example.se'), [])).toBe('holds'));
  it('address ranges: IPv4 within its mask, IPv6 by another rule', () => {
    const range = Buffer.of(192, 0, 2, 0, 255, 255, 255, 0);
    expect(outcome(permit('ip', range), [general('ip', Buffer.of(192, 0, 2, 77))])).toBe('holds');
    expect(outcome(permit('ip', range), [general('ip', Buffer.of(192, 0, 3, 77))])).toBe('name-constraints');
    expect(outcome(permit('ip', range), [general('ip', Buffer.alloc(16))])).toBe('name-constraints');
  });
});
describe('excluded', () => {
  it.each([['dns', 'example.se', 'a.example.se', 'a.example.org'], ['email', 'example.se', 'a@example.se', 'a@example.org'], ['uri', '.example.se', 'https://a.example.se/', 'https://a.example.org/'], ['uri', '.example.se', 'urn:no:host', 'https://a.example.org/']] as const)(
    '%s %s keeps %s out and lets %s through', (kind, base, inside, outside) => {
      expect(outcome(exclude(kind, base), [general(kind, inside)])).toBe('name-constraints');
      expect(outcome(exclude(kind, base), [general(kind, outside)])).toBe('holds');
    });
  it('counts before permitted', () => {
    const both = constraints([general('dns', 'example.se')], [general('dns', 'secret.example.se')]);
    expect(outcome(both, [general('dns', 'open.example.se')])).toBe('holds');
    expect(outcome(both, [general('dns', 'a.secret.example.se')])).toBe('name-constraints');
  });
});
describe('written wrongly', () => {
  it.each([['a mask with holes', permit('ip', Buffer.of(192, 0, 2, 0, 255, 0, 255, 0))], ['half a range', permit('ip', Buffer.of(192, 0, 2, 0))], ['a wildcard', permit('dns', '*.example.se')]])('%s refuses the path', (_what, rule) => {
    expect(outcome(rule, [])).toBe('name-constraints');
  });
});
it('the subject’s own name is held to directory names', () => {
  const base = (commonName: string): Extension => constraints([fromDer(Buffer.from([0xa4, ...nameBytes(commonName)]))], []);
  const nameBytes = (organisation: string): Buffer => {
    const der = directory(organisation);
    return Buffer.concat([Buffer.of(der.length), der]);
  };
  expect(outcome(base('Test'), [])).toBe('holds');
  expect(outcome(base('Elsewhere'), [])).toBe('name-constraints');
});
const directory = (organisation: string): Buffer => toDer(name([[{ type: 'C', value: 'SE' }], [{ type: 'O', value: organisation }]]));
