/** The five entities and character references; anything else behind an ampersand is refused [XML §4.6]. */
import { fail } from '../../core/errors.ts';
import { lineEnds, type Alphabet } from './names.ts';

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const isChar = (code: number): boolean =>
  code === 9 || code === 10 || code === 13 || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
/** `&#x10FFFF;` and `&#1114111;` are the longest that mean anything; leading zeros are nobody's habit. */
const LONGEST = 10;

const resolveOne = (reference: string, { fromCodePoint }: Alphabet): string => {
  const found = /^#(?:x([0-9a-fA-F]+)|(\d+))$/.exec(reference);
  if (found === null) return (Object.hasOwn(named, reference) ? named[reference] : undefined) ?? fail('xml.entity', 'an entity that is not one of the five');
  const code = found[1] === undefined ? Number(found[2]) : Number.parseInt(found[1], 16);
  return isChar(code) ? fromCodePoint(code) : fail('xml.illegal-character', 'a reference to a character that XML forbids'); // [XML §4.1]
};
const resolve = (raw: string, alphabet: Alphabet): string => {
  let out = '';
  let from = 0;
  for (let at = raw.indexOf('&'); at >= 0; at = raw.indexOf('&', from)) {
    const end = raw.indexOf(';', at);
    if (end < 0 || end - at > LONGEST) return fail('xml.entity', 'a bare ampersand, or a reference that is too long');
    out += raw.slice(from, at) + resolveOne(raw.slice(at + 1, end), alphabet);
    from = end + 1;
  }
  return out + raw.slice(from);
};

/** Text between markup: line ends and references; `]]>` may not stand in it [XML §2.4]. */
export const resolveText = (raw: string, alphabet: Alphabet): string => {
  if (raw.includes(']]>')) fail('xml.malformed', ']]> in text');
  const text = lineEnds(raw);
  return text.includes('&') ? resolve(text, alphabet) : text;
};
/** [XML §3.3.3] white space written literally becomes a space; written as a reference it stays. */
export const resolveValue = (raw: string, alphabet: Alphabet): string => {
  const text = /[\t\n\r]/.test(raw) ? raw.replace(/\r\n|[\t\n\r]/g, ' ') : raw;
  return text.includes('&') ? resolve(text, alphabet) : text;
};
