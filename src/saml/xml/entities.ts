/** The five entities and character references; anything else behind an ampersand is refused [XML §4.6]. */
import { fail } from '../../core/errors.ts';

/** Text between markup: entities resolved; `]]>` may not stand in it [XML §2.4]. */
export const resolveText = (raw: string): string => {
  if (raw.includes(']]>')) fail('xml.malformed', ']]> in text');
  return raw.includes('&') ? resolveEntities(raw) : raw;
};
const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
export const resolveEntities = (raw: string): string => {
  const resolved = raw.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g, (_all, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return named[name] ?? '';
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    const legal = code === 9 || code === 10 || code === 13 || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
    return legal ? String.fromCodePoint(code) : fail('xml.illegal-character', 'a character reference to a character that XML forbids');
  });
  // What is left of an ampersand must have come from &amp;: count them.
  const references = raw.split('&').length - 1;
  const known = (raw.match(/&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);/g) ?? []).length;
  return references === known ? resolved : fail('xml.entity', 'an entity that is not one of the five, or a bare ampersand');
};
