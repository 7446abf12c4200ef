/**
 * What a page may do in the browser: headers of every HTML page, and its Content-Security-Policy.
 * `form-action` follows redirects after a post in Chromium, so a page whose forms may end at an application (which may send the
 * person on to a third site) leaves it out; a page whose forms stay here says 'self'; a page without forms says 'none'.
 */
import type { Page, PageFrame } from '../login/pages.ts';
import { logoAddress } from './address.ts';

type Kind = Page['kind'];
/** Where a page's forms may end. Every page of a login has a "cancel" that ends at the application. */
const formsEnd: Readonly<Record<Kind, 'anywhere' | 'here' | 'no forms'>> = {
  'choose-method': 'anywhere',
  'card': 'anywhere',
  'card-failed': 'anywhere',
  'phone-start': 'anywhere',
  'phone': 'anywhere',
  'confirm-session': 'anywhere',
  'choose-organisation': 'anywhere',
  'discovery': 'anywhere',
  'choose-employee': 'anywhere',
  'choose-commission': 'anywhere',
  'what-is-sent': 'anywhere',
  'on-the-way': 'anywhere',
  'error': 'anywhere',
  'already-logged-in': 'no forms',
  'start-again': 'no forms',
  'me': 'here',
  'log-out': 'here',
  'nobody': 'no forms',
  'metadata-feeds': 'no forms',
  'card-test': 'no forms',
  'card-test-result': 'no forms',
  'logging-out': 'no forms',
  'logged-out': 'no forms',
};
const formAction = { 'anywhere': '', 'here': "; form-action 'self'", 'no forms': "; form-action 'none'" };
const scripted = new Set<Kind>(['on-the-way', 'choose-commission', 'choose-organisation', 'discovery', 'phone', 'logging-out']);

const policy = (kind: Kind, inlinePicture: boolean): string => {
  const script = scripted.has(kind) ? "'self'" : "'none'";
  return `default-src 'none'; script-src ${script}; style-src 'self'; font-src 'self'; img-src 'self'${inlinePicture ? ' data:' : ''}; base-uri 'none'${kind === 'phone' ? "; connect-src 'self'" : ''}; frame-ancestors 'none'${formAction[formsEnd[kind]]}; require-trusted-types-for 'script'`;
};
const policies = new Map((Object.keys(formsEnd) as Kind[]).map((kind) => [kind, { plain: policy(kind, false), picture: policy(kind, true) }]));

/** Only the services that this very page calls. */
const sources = (directive: string, addresses: readonly string[]): string => (addresses.length === 0 ? '' : `; ${directive} ${[...new Set(addresses.flatMap((address) => URL.parse(address)?.origin ?? []))].join(' ')}`);

/** [threats E11, F07, K09] No inline script or style, nothing from elsewhere, no frame around the page. */
export const contentSecurityPolicy = (page: Page, frame: PageFrame): string => {
  if (page.kind === 'logged-out' || page.kind === 'logging-out') return policy(page.kind, false) + sources('frame-src', page.services.flatMap(({ frame: address }) => address ?? [])) + sources('connect-src', page.kind === 'logging-out' && page.probe !== null ? [page.probe] : []);
  const found = policies.get(page.kind);
  const picture = page.kind !== 'on-the-way' && [frame.asker?.logo ?? null, ...('list' in page ? page.list.options.map(({ logo }) => logo) : [])].some((logo) => logoAddress(logo)?.startsWith('data:') === true);
  return found === undefined ? policy('error', false) : picture ? found.picture : found.plain;
};

/** The same for every HTML page. No Cross-Origin-Opener-Policy: applications may log in from a window that they opened and wait for. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};
/** A year. Only in production: elsewhere the host is often localhost, which other servers share. */
export const strictTransportSecurity = 'max-age=31536000';

export const headersFor = (page: Page, frame: PageFrame): Readonly<Record<string, string>> => ({
  ...pageHeaders,
  'content-security-policy': contentSecurityPolicy(page, frame),
  ...(frame.environment === 'production' ? { 'strict-transport-security': strictTransportSecurity } : {}),
});
