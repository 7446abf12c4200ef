/** Which addresses a page may lead to. Addresses come from files that other organisations write, so each is looked at again here (threats F07, K14). */

/** What may stand in href, src and action: the web, our own paths, mail, telephone, small pictures. Nothing that a browser cleans up first. */
export const isLinkAddress = (value: string): boolean =>
  /^(?:https?:\/\/[^\s\\\p{Cc}]+|\/(?!\/)[^\s\\\p{Cc}]*|mailto:[^\s\p{Cc}]+|tel:\+?[0-9]+)$/iu.test(value) || isPicture(value) || isAppAddress(value);
/** Start address of an app that we know by its scheme. */
const isAppAddress = (value: string): boolean => /^(?:netid|siths|bankid|frejaeid):[^\s\\\p{Cc}"'<>]+$/u.test(value);

/** A web address or one of our own paths; null for anything else, so that the link is left out. */
export const webAddress = (value: string | null): string | null => (value !== null && /^(?:https?:|\/)/i.test(value) && isLinkAddress(value) ? value : null);

const isPicture = (value: string): boolean => /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/.test(value);
/** Characters of a data: logo that a page still carries; larger ones become a letter. */
const LARGEST_LOGO = 16_000;
/** Logos come from us or inside the page; one on another host would tell that host about every login, and is not shown. SVG never. */
export const logoAddress = (value: string | null): string | null =>
  value !== null && ((/^\/(?!\/)/.test(value) && isLinkAddress(value)) || (value.length <= LARGEST_LOGO && isPicture(value))) ? value : null;

/** `tel:` link for a number as people write it; null when it holds anything but a number. */
export const phoneAddress = (phone: string): string | null => (/^\+?[0-9][0-9 ()/-]{3,24}$/.test(phone) ? `tel:${phone.replace(/[^+0-9]/g, '')}` : null);
export const mailAddress = (email: string): string | null => (/^[^\s@<>"'?&%]{1,64}@[a-z0-9.-]{1,190}$/i.test(email) ? `mailto:${email}` : null);

/** A web address or an app's; null for anything else. */
export const appAddress = (value: string): string | null => (isAppAddress(value) ? value : webAddress(value));
