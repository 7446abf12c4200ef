/** The words: complete, in both languages, with nothing left over from making them. */
import { describe, expect, it } from 'vitest';
import { errorCatalogue, type ErrorText } from '../../src/core/error-catalogue.ts';
import { en } from '../../src/ui/messages/en.ts';
import { fill, moment } from '../../src/ui/messages/messages.ts';
import { sv } from '../../src/ui/messages/sv.ts';
import { framed } from './sample-pages.ts';

const leaves = (value: unknown, path = ''): readonly (readonly [string, string])[] => {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, (value as (argument: unknown) => string)('NN')]];
  return Object.entries(value as object).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
};

describe.each([['sv', sv], ['en', en]] as const)('%s', (_name, messages) => {
  it('has a title, what happened and what to do for every text of the catalogue', () => {
    for (const { text } of Object.values(errorCatalogue)) {
      const { title, happened, todo } = messages.errors[text];
      expect(title).toMatch(/^\S.{3,50}[^.\s]$/);
      for (const sentence of [happened, todo]) expect(sentence).toMatch(/^\p{Lu}.{10,240}[.?]$/u);
    }
  });
  it('has no empty text, double space, straight apostrophe or unknown placeholder', () => {
    for (const [path, text] of leaves(messages)) {
      expect(text.trim(), path).not.toBe('');
      expect(text, path).not.toMatch(/ {2}|'|\.\.\.|!$/);
      expect(text.match(/\{(?!service\}|found\}|total\})/), path).toBeNull();
    }
  });
  it('speaks of the card, not of keys and protocols', () => {
    const jargon = /(?<!\p{L})(SAML|OIDC|IdP|SP|token|CRL|OCSP|PKI|TLS|metadata|session|assertion|signature?|hash|XML|HTTP|server)(?!\p{L})/iu;
    // The page of the feeds is for those who connect systems: its subject has no other word.
    for (const [path, text] of leaves(messages)) if (!path.startsWith('.feeds.')) expect(text, path).not.toMatch(jargon);
  });
});

it('both languages have the same texts', () => {
  const paths = (messages: unknown): readonly string[] => leaves(messages).map(([path]) => path).filter((path) => !path.startsWith('.card.steps'));
  expect(paths(en)).toEqual(paths(sv));
});

it('the two languages are both used: no text is left in the other one', () => {
  const same = Object.keys(sv.errors).filter((text) => sv.errors[text as ErrorText].happened === en.errors[text as ErrorText].happened);
  expect(same).toEqual([]);
});

describe('the application’s name', () => {
  it('stands where the text says {service}, whatever it contains', () => {
    const named = framed({ asker: { name: { sv: 'A $& {service}', en: 'B' }, logo: null, partyName: '', homeUrl: null } });
    expect(fill('Tillbaka till {service}', named)).toBe('Tillbaka till A $& {service}');
  });
  it('is "the service" where it is too long for a sentence; forty characters are not', () => {
    const named = (name: string) => framed({ asker: { name: { sv: name, en: name }, logo: null, partyName: '', homeUrl: null } });
    expect(fill('Till {service}', named('A'.repeat(41)))).toBe('Till tjänsten');
    expect(fill('Till {service}', named('A'.repeat(40)))).toBe(`Till ${'A'.repeat(40)}`);
  });
  it('is "the service" where nobody knows it', () => {
    expect(fill('Tillbaka till {service}', framed({ asker: null }))).toBe('Tillbaka till tjänsten');
    expect(fill('Back to {service}', framed({ asker: null, locale: 'en' }))).toBe('Back to the service');
  });
});

it('times are told as the clock on the wall shows them, winter and summer', () => {
  expect(moment(Date.UTC(2026, 10, 23, 6, 5), 'sv')).toBe('måndag 23 november kl.\u00A007:05');
  expect(moment(Date.UTC(2026, 6, 1, 6, 5), 'sv')).toBe('onsdag 1 juli kl.\u00A008:05');
  expect(moment(Date.UTC(2026, 10, 23, 6, 5), 'en')).toBe('Monday 23 November at\u00A007:05');
});
