/**
 * When do two entityIDs look the same to a person (threats F03)? They are compared letter for letter everywhere else;
 * this key only finds pairs that somebody must approve: case, trailing slash, default port, percent-encoding, punycode
 * and letters of other alphabets that are drawn alike.
 */
import { domainToUnicode } from 'node:url';

/** Drawn alike in common typefaces; accents are taken off before. */
const drawnAs: Readonly<Record<string, string>> = {
  а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', у: 'y', х: 'x', і: 'i', ј: 'j', ѕ: 's', һ: 'h', ԁ: 'd', ԛ: 'q', ԝ: 'w', к: 'k', м: 'm', т: 't', в: 'b', н: 'h', г: 'r', п: 'n', ь: 'b',
  α: 'a', β: 'b', ε: 'e', η: 'n', ι: 'i', κ: 'k', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'u', χ: 'x', ω: 'w', γ: 'y',
  ı: 'i', ɡ: 'g', ɑ: 'a', ß: 'b', ø: 'o', đ: 'd', ł: 'l', 0: 'o', 1: 'l', '|': 'l',
};
const skeleton = (text: string): string =>
  Array.from(text.normalize('NFKD').toLowerCase()).filter((letter) => !/\p{M}/u.test(letter)).map((letter) => drawnAs[letter] ?? letter).join('').replaceAll('rn', 'm').replaceAll('vv', 'w');

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

/** Equal keys = look-alikes. */
export const lookAlikeKey = (entityId: string): string => {
  const url = URL.parse(entityId);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return skeleton(decoded(entityId)).replace(/\/+$/, '');
  const host = skeleton(domainToUnicode(url.hostname).replace(/\.$/, ''));
  // The scheme is left out: http and https of one address look the same to most people.
  return `${host}${url.port === '' ? '' : `:${url.port}`}${skeleton(decoded(url.pathname)).replace(/\/+$/, '')}${skeleton(decoded(url.search))}`;
};
