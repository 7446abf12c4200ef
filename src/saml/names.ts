/**
 * Every URI that SAML puts on the wire, in one table, copied letter for letter
 * (facts: federation §4.6, §5.2, §5.3; [SAMLCore §8], [SAMLBind], [SAMLMeta]).
 * Does not own: attribute names (attributes/catalogue.ts) and levels of assurance (configuration).
 */
export const namespaces = {
  saml: 'urn:oasis:names:tc:SAML:2.0:assertion',
  samlp: 'urn:oasis:names:tc:SAML:2.0:protocol',
  md: 'urn:oasis:names:tc:SAML:2.0:metadata',
  mdui: 'urn:oasis:names:tc:SAML:metadata:ui',
  mdattr: 'urn:oasis:names:tc:SAML:metadata:attribute',
  mdrpi: 'urn:oasis:names:tc:SAML:metadata:rpi',
  alg: 'urn:oasis:names:tc:SAML:metadata:algsupport',
  shibmd: 'urn:mace:shibboleth:metadata:1.0',
  idpdisc: 'urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol',
  init: 'urn:oasis:names:tc:SAML:profiles:SSO:request-init',
  psc: 'http://id.swedenconnect.se/authn/1.0/principal-selection/ns',
  csig: 'http://id.elegnamnden.se/csig/1.1/dss-ext/ns',
  aslo: 'urn:oasis:names:tc:SAML:2.0:protocol:ext:async-slo',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  xenc: 'http://www.w3.org/2001/04/xmlenc#',
  xenc11: 'http://www.w3.org/2009/xmlenc11#',
  xs: 'http://www.w3.org/2001/XMLSchema',
  xsi: 'http://www.w3.org/2001/XMLSchema-instance',
  xml: 'http://www.w3.org/XML/1998/namespace',
  soap: 'http://schemas.xmlsoap.org/soap/envelope/',
  nias: 'http://netid.secmaker.com/nias/',
} as const;

export const bindings = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
  artifact: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact',
  soap: 'urn:oasis:names:tc:SAML:2.0:bindings:SOAP',
  paos: 'urn:oasis:names:tc:SAML:2.0:bindings:PAOS',
  holderOfKey: 'urn:oasis:names:tc:SAML:2.0:profiles:holder-of-key:SSO:browser',
  deflateEncoding: 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE',
} as const;

const statusPrefix = 'urn:oasis:names:tc:SAML:2.0:status:';
export const statuses = {
  success: `${statusPrefix}Success`,
  requester: `${statusPrefix}Requester`,
  responder: `${statusPrefix}Responder`,
  versionMismatch: `${statusPrefix}VersionMismatch`,
  authnFailed: `${statusPrefix}AuthnFailed`,
  invalidAttrNameOrValue: `${statusPrefix}InvalidAttrNameOrValue`,
  invalidNameIdPolicy: `${statusPrefix}InvalidNameIDPolicy`,
  noAuthnContext: `${statusPrefix}NoAuthnContext`,
  noAvailableIdp: `${statusPrefix}NoAvailableIDP`,
  noPassive: `${statusPrefix}NoPassive`,
  noSupportedIdp: `${statusPrefix}NoSupportedIDP`,
  partialLogout: `${statusPrefix}PartialLogout`,
  proxyCountExceeded: `${statusPrefix}ProxyCountExceeded`,
  requestDenied: `${statusPrefix}RequestDenied`,
  requestUnsupported: `${statusPrefix}RequestUnsupported`,
  requestVersionDeprecated: `${statusPrefix}RequestVersionDeprecated`,
  requestVersionTooHigh: `${statusPrefix}RequestVersionTooHigh`,
  requestVersionTooLow: `${statusPrefix}RequestVersionTooLow`,
  resourceNotRecognized: `${statusPrefix}ResourceNotRecognized`,
  tooManyResponses: `${statusPrefix}TooManyResponses`,
  unknownAttrProfile: `${statusPrefix}UnknownAttrProfile`,
  unknownPrincipal: `${statusPrefix}UnknownPrincipal`,
  unsupportedBinding: `${statusPrefix}UnsupportedBinding`,
  swedenConnectCancel: 'http://id.elegnamnden.se/status/1.0/cancel',
  swedenConnectFraud: 'http://id.elegnamnden.se/status/1.0/fraud',
  swedenConnectPossibleFraud: 'http://id.elegnamnden.se/status/1.0/possibleFraud',
} as const;
/** The top-level URI of a catalogue row's status pair, e.g. `Responder` [SAMLCore §3.2.2.2]. */
export const topStatus = (name: 'Requester' | 'Responder' | 'VersionMismatch'): string => `${statusPrefix}${name}`;

export const nameIdFormats = {
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  entity: 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity',
  encrypted: 'urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted',
} as const;

export const attributeNameFormats = {
  uri: 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
  basic: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
  unspecified: 'urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified',
} as const;

export const confirmationMethods = {
  bearer: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
  holderOfKey: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key',
  senderVouches: 'urn:oasis:names:tc:SAML:2.0:cm:sender-vouches',
} as const;

export const entityAttributes = {
  assuranceCertification: 'urn:oasis:names:tc:SAML:attribute:assurance-certification',
  entityCategory: 'http://macedir.org/entity-category',
  entityCategorySupport: 'http://macedir.org/entity-category-support',
  subjectIdRequirement: 'urn:oasis:names:tc:SAML:profiles:subject-id:req',
  fedkomOptIn: 'https://id.openfed.se/entityattributes/opt-in',
} as const;

export const logoutReasons = { user: 'urn:oasis:names:tc:SAML:2.0:logout:user', admin: 'urn:oasis:names:tc:SAML:2.0:logout:admin' } as const;

export const algorithms = {
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  sha384: 'http://www.w3.org/2001/04/xmldsig-more#sha384',
  sha512: 'http://www.w3.org/2001/04/xmlenc#sha512',
  rsaSha256: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  rsaSha384: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384',
  rsaSha512: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  ecdsaSha256: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
  ecdsaSha384: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384',
  ecdsaSha512: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512',
  rsaPssSha256: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  rsaPssSha384: 'http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1',
  rsaPssSha512: 'http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1',
  rsaSha1: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  aes128Cbc: 'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
  aes192Cbc: 'http://www.w3.org/2001/04/xmlenc#aes192-cbc',
  aes256Cbc: 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
  aes128Gcm: 'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  aes192Gcm: 'http://www.w3.org/2009/xmlenc11#aes192-gcm',
  aes256Gcm: 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  rsaOaepMgf1p: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  rsaOaep: 'http://www.w3.org/2009/xmlenc11#rsa-oaep',
} as const;
