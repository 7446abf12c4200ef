/** Object identifiers that are read or written here. Those of issuers and policies are configuration. */
export const oids = {
  subjectKeyId: '2.5.29.14', keyUsage: '2.5.29.15', subjectAltName: '2.5.29.17', basicConstraints: '2.5.29.19', nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31', certificatePolicies: '2.5.29.32', policyMappings: '2.5.29.33', authorityKeyId: '2.5.29.35',
  policyConstraints: '2.5.29.36', extendedKeyUsage: '2.5.29.37', freshestList: '2.5.29.46', inhibitAnyPolicy: '2.5.29.54',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1', subjectInfoAccess: '1.3.6.1.5.5.7.1.11', subjectDirectoryAttributes: '2.5.29.9', issuerAltName: '2.5.29.18',
  crlNumber: '2.5.29.20', reasonCode: '2.5.29.21', invalidityDate: '2.5.29.24', deltaListIndicator: '2.5.29.27', issuingDistributionPoint: '2.5.29.28', certificateIssuer: '2.5.29.29',
  anyPolicy: '2.5.29.32.0', anyExtendedKeyUsage: '2.5.29.37.0', serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2', ocspSigning: '1.3.6.1.5.5.7.3.9',
  accessOcsp: '1.3.6.1.5.5.7.48.1', ocspBasic: '1.3.6.1.5.5.7.48.1.1', ocspNonce: '1.3.6.1.5.5.7.48.1.2', ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1',
  /** Card number, the same in every certificate of one card [facts: credentials §1.6]. */
  cardNumber: '1.2.752.34.2.1',
  commonName: '2.5.4.3', surname: '2.5.4.4', serialNumber: '2.5.4.5', organisation: '2.5.4.10', title: '2.5.4.12', givenName: '2.5.4.42', emailAddress: '1.2.840.113549.1.9.1',
} as const;
