export const locales = ['sv', 'en'] as const;
export type Locale = (typeof locales)[number];
/** A text written separately in each language, not translated word by word. */
export type LocalisedText = Readonly<Record<Locale, string>>;
export const isLocale = (value: unknown): value is Locale => value === 'sv' || value === 'en';
