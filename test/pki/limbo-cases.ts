/** x509-limbo: why each refused case is refused (another reason would be luck), and which cases say nothing about this validator. */
import type { Refusal } from './pkits-sections.ts';

export const refusals: Readonly<Partial<Record<Refusal, readonly string[]>>> = {
  'revoked': ['crl::revoked-certificate-with-crl'],
  'uncovered': ['crl::crlnumber-missing', 'crl::issuer-missing-crlsign'],
  'name-constraints': [
    'cve::cve-2025-61727', 'cve::cve-2025-61727-nc-permits-variant', 'pathological::nc-dos-3', 'rfc5280::nc::permitted-dns-mismatch', 'rfc5280::nc::permitted-ip-mismatch', 'rfc5280::nc::excluded-ipv4-match',
    'rfc5280::nc::excluded-ipv6-match', 'rfc5280::nc::permitted-dn-mismatch', 'rfc5280::nc::excluded-dn-match', 'rfc5280::nc::excluded-self-issued-leaf', 'rfc5280::nc::invalid-dnsname-leading-period',
    'rfc5280::nc::invalid-ipv4-address', 'rfc5280::nc::intermediate-with-san-rejected-by-root-nc', 'rfc5280::nc::restrictive-permits-in-intermediates-narrows',
    'rfc5280::nc::nc-permits-email-literal-asterisk-rejects-subdomain', 'rfc5280::nc::nc-permits-email-literal-double-asterisk-rejects-single', 'rfc5280::nc::nc-forbids-othername', 'rfc5280::nc::nc-forbids-dnsname-wildcard-san'],
  'path-length': ['pathlen::intermediate-violates-pathlen-0', 'pathlen::intermediate-pathlen-too-long', 'pathlen::max-chain-depth-0-exhausted', 'pathlen::max-chain-depth-1-exhausted'],
  'no-issuer': ['pathological::intermediate-cycle-distinct-cas', 'pathological::pathological-chain-distinct-subject-same-key', 'rfc5280::ee-empty-issuer'],
  'work': ['pathological::pathological-chain-same-subject-same-key'],
  'profile': ['rfc5280::aki::leaf-missing-aki', 'rfc5280::aki::intermediate-missing-aki', 'rfc5280::nc::permitted-dns-match-noncritical', 'rfc5280::nc::not-allowed-in-ee-noncritical', 'rfc5280::ski::critical-ski', 'rfc5280::ski::root-missing-ski',
    'rfc5280::ee-critical-aia-invalid', 'webpki::aki::root-with-aki-missing-keyidentifier', 'webpki::aki::root-with-aki-ski-mismatch', 'webpki::v1-cert'],
  'extended-key-usage': ['rfc5280::eku::ee-wrong-eku'],
  'names': ['rfc5280::nc::nc-permits-invalid-dns-san', 'rfc5280::nc::nc-permits-invalid-ip-san', 'rfc5280::san::underscore-dns', 'rfc5280::san::ip-in-dns', 'rfc5280::ca-empty-subject', 'webpki::san::wildcard-embedded-ulabel-san',
    'webpki::san::san-wildcard-only', 'webpki::san::san-wildcard-only-tld'],
  'expired': ['rfc5280::validity::expired-intermediate', 'rfc5280::validity::expired-leaf', 'rfc5280::validity::expired-1-second', 'rfc5280::validity::expired-5-seconds'],
  'not-yet-valid': ['rfc5280::validity::notbefore-fractional', 'rfc5280::validity::not-yet-valid-5-seconds'],
  'critical-extension': ['rfc5280::unknown-critical-extension-ee', 'rfc5280::unknown-critical-extension-root', 'rfc5280::unknown-critical-extension-intermediate'],
  'basic-constraints': ['rfc5280::intermediate-ca-without-ca-bit', 'rfc5280::root-missing-basic-constraints', 'rfc5280::leaf-ku-keycertsign'],
  'key': ['webpki::forbidden-p192-root', 'webpki::forbidden-p192-leaf', 'webpki::forbidden-weak-rsa-key-in-root', 'webpki::forbidden-weak-rsa-in-leaf', 'webpki::forbidden-rsa-not-divisible-by-8-in-root'],
  // Refused by the reader: of the leaf, or of an authority without which no path is left.
  'unreadable': ['pathological::nc-dos-1', 'rfc5280::eku::ee-eku-empty', 'rfc5280::san::malformed', 'rfc5280::serial::too-long', 'rfc5280::root-inconsistent-ca-extensions', 'rfc5280::mismatching-signature-algorithm',
    'webpki::nc::intermediate-permitted-excluded-subtrees-both-null', 'webpki::san::unicode-emoji-san', 'webpki::explicit-curve', 'webpki::malformed-aia', 'webpki::forbidden-dsa-root'],
};

const hostName = 'matches the name of a TLS server; a person’s certificate has none, and Bryggan’s own calls leave it to node:tls';
const forum = 'a rule of the CA/Browser Forum for public web servers, beyond RFC 5280';
export const inapplicable: Readonly<Record<string, string>> = {
  'rfc5280::ca-as-leaf-wrong-san': hostName, 'webpki::san::mismatch-domain-san': hostName, 'webpki::san::mismatch-subdomain-san': hostName, 'webpki::san::mismatch-subdomain-apex-san': hostName,
  'webpki::san::mismatch-apex-subdomain-san': hostName, 'webpki::san::wildcard-match-across-labels-san': hostName, 'webpki::san::no-san': hostName,
  'webpki::san::public-suffix-wildcard-san': forum, 'webpki::san::public-suffix-multi-label-wildcard-san': forum, 'webpki::san::public-suffix-private-namespace-wildcard-san': forum,
  'webpki::aki::root-with-aki-authoritycertissuer': forum, 'webpki::aki::root-with-aki-all-fields': forum, 'webpki::eku::ee-critical-eku': forum, 'webpki::eku::ee-without-eku': forum,
  'webpki::cn::ipv4-leading-zeros-mismatch': forum, 'webpki::cn::ipv6-uncompressed-mismatch': forum, 'webpki::cn::ipv6-non-rfc5952-mismatch': forum, 'webpki::cn::punycode-not-in-san': forum,
  'webpki::cn::utf8-vs-punycode-mismatch': forum, 'webpki::cn::not-in-san': forum, 'webpki::cn::case-mismatch': forum,
  'webpki::ee-basicconstraints-ca': 'the path holds; that a person’s certificate is no authority’s is verifyChain’s rule and tested there',
  'webpki::nc::permitted-dns-match-noncritical': 'contradicts rfc5280::nc::permitted-dns-match-noncritical, which is the stricter and obeyed',
  'rfc5280::pc::ica-noncritical-pc': 'contradicts PKITS 4.8 to 4.12, whose valid paths carry policyConstraints that are not critical',
  'rfc5280::serial::negative': 'contradicts PKITS 4.4.14 (negative serial numbers are read, and equal no positive one); its certificate is also its own trust anchor',
};
