/** What people see of a service or an IdP: the operator's word first, then what its metadata says, as far as it may be shown. */
import type { LocalisedText } from '../core/locale.ts';
import { isPlainText } from '../core/schema-parts.ts';
import { isSafeLogo } from './service-file.ts';

const MAX_NAME = 100;
/** A published name is shown to people: one line, no tricks with the direction of writing (threats F07). */
const shownName = (text: string | undefined): string | undefined => {
  const plain = text?.replace(/\s+/g, ' ').trim();
  return plain === undefined || plain === '' || !isPlainText(plain) ? undefined : plain.slice(0, MAX_NAME);
};
type Texts = { readonly [Language in keyof LocalisedText]?: string | undefined };
export const namesFrom = (own: Texts | undefined, published: Texts, fallback: string): LocalisedText => {
  const sv = own?.sv ?? shownName(published.sv);
  const en = own?.en ?? shownName(published.en);
  return { sv: sv ?? en ?? fallback, en: en ?? sv ?? fallback };
};
export const logoFrom = (own: string | undefined, published: readonly { readonly url: string; readonly language: string | null }[]): string | null =>
  own ?? published.toSorted((a, b) => Number(b.url.startsWith('data:')) - Number(a.url.startsWith('data:')) || Number(b.language === 'sv') - Number(a.language === 'sv')).find(({ url }) => isSafeLogo(url))?.url ?? null;
