/** Which addresses are a service's own: its endpoints in SAML, its redirect URIs in OpenID Connect. */
import type { OidcClient, SamlService } from './model.ts';

const loopback = new Set(['127.0.0.1', '[::1]']);
const portless = (address: string): string | undefined => {
  const url = URL.parse(address);
  if (url === null || url.protocol !== 'http:' || !loopback.has(url.hostname)) return undefined;
  // Only the port may differ: what else the parser would smooth out is compared as it was written.
  return address.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\])):\d{1,5}(?=[/?]|$)/, '$1');
};
/** Letter for letter [RFC 9700 §2.1]; the loopback address of a native app with any port [RFC 8252 §7.3]. */
export const isRedirectUri = (client: OidcClient, url: string): boolean =>
  client.redirectUris.includes(url) || (client.application === 'native' && portless(url) !== undefined && client.redirectUris.some((registered) => portless(registered) === portless(url)));

export const holdsReturnAddress = (wire: SamlService | OidcClient, url: string): boolean =>
  wire.protocol === 'saml' ? wire.assertionConsumerServices.some((endpoint) => endpoint.url === url) : isRedirectUri(wire, url);
