/** The cases of NIST PKITS by section, named as their end entity's file. What is not here is not in the folder: the test compares. */
import type { FaultReason } from '../../src/pki/path/fault.ts';

export type Refusal = FaultReason | 'unreadable' | 'revoked' | 'uncovered';
export interface Section {
  readonly number: string;
  readonly title: string;
  /** Why an invalid case of this section may be refused: another reason would be luck. */
  readonly refusals: readonly Refusal[];
  readonly cases: readonly string[];
}
const numbered = (prefix: string, ...numbers: readonly number[]): readonly string[] => numbers.map((number) => `${prefix}Test${number}`);

export const sections: readonly Section[] = [
  { number: '4.1', title: 'signatures', refusals: ['no-issuer', 'unreadable'], cases: [
    'ValidCertificatePathTest1', 'InvalidCASignatureTest2', 'InvalidEESignatureTest3', 'ValidDSASignaturesTest4', 'ValidDSAParameterInheritanceTest5', 'InvalidDSASignatureTest6'] },
  { number: '4.2', title: 'validity periods', refusals: ['expired', 'not-yet-valid'], cases: [
    'InvalidCAnotBeforeDateTest1', 'InvalidEEnotBeforeDateTest2', 'Validpre2000UTCnotBeforeDateTest3', 'ValidGeneralizedTimenotBeforeDateTest4', 'InvalidCAnotAfterDateTest5', 'InvalidEEnotAfterDateTest6',
    'Invalidpre2000UTCEEnotAfterDateTest7', 'ValidGeneralizedTimenotAfterDateTest8'] },
  { number: '4.3', title: 'name chaining', refusals: ['no-issuer'], cases: [
    'InvalidNameChainingTest1', 'InvalidNameChainingOrderTest2', ...numbered('ValidNameChainingWhitespace', 3, 4), 'ValidNameChainingCapitalizationTest5', 'ValidNameUIDsTest6', 'ValidRFC3280MandatoryAttributeTypesTest7',
    'ValidRFC3280OptionalAttributeTypesTest8', 'ValidUTF8StringEncodedNamesTest9', 'ValidRolloverfromPrintableStringtoUTF8StringTest10', 'ValidUTF8StringCaseInsensitiveMatchTest11'] },
  { number: '4.4', title: 'revocation lists', refusals: ['revoked', 'uncovered'], cases: [
    'InvalidMissingCRLTest1', 'InvalidRevokedCATest2', 'InvalidRevokedEETest3', 'InvalidBadCRLSignatureTest4', 'InvalidBadCRLIssuerNameTest5', 'InvalidWrongCRLTest6', 'ValidTwoCRLsTest7', 'InvalidUnknownCRLEntryExtensionTest8',
    ...numbered('InvalidUnknownCRLExtension', 9, 10), 'InvalidOldCRLnextUpdateTest11', 'Invalidpre2000CRLnextUpdateTest12', 'ValidGeneralizedTimeCRLnextUpdateTest13', 'ValidNegativeSerialNumberTest14',
    'InvalidNegativeSerialNumberTest15', ...numbered('ValidLongSerialNumber', 16, 17), 'InvalidLongSerialNumberTest18', 'ValidSeparateCertificateandCRLKeysTest19', ...numbered('InvalidSeparateCertificateandCRLKeys', 20, 21)] },
  { number: '4.5', title: 'self-issued certificates', refusals: ['revoked', 'uncovered', 'basic-constraints'], cases: [
    'ValidBasicSelfIssuedOldWithNewTest1', 'InvalidBasicSelfIssuedOldWithNewTest2', ...numbered('ValidBasicSelfIssuedNewWithOld', 3, 4), 'InvalidBasicSelfIssuedNewWithOldTest5', 'ValidBasicSelfIssuedCRLSigningKeyTest6',
    ...numbered('InvalidBasicSelfIssuedCRLSigningKey', 7, 8)] },
  { number: '4.6', title: 'basic constraints', refusals: ['basic-constraints', 'path-length'], cases: [
    'InvalidMissingbasicConstraintsTest1', ...numbered('InvalidcAFalse', 2, 3), 'ValidbasicConstraintsNotCriticalTest4', ...numbered('InvalidpathLenConstraint', 5, 6, 9, 10, 11, 12), ...numbered('ValidpathLenConstraint', 7, 8, 13, 14),
    ...numbered('ValidSelfIssuedpathLenConstraint', 15, 17), 'InvalidSelfIssuedpathLenConstraintTest16'] },
  { number: '4.7', title: 'key usage', refusals: ['key-usage', 'uncovered'], cases: [
    'InvalidkeyUsageCriticalkeyCertSignFalseTest1', 'InvalidkeyUsageNotCriticalkeyCertSignFalseTest2', 'ValidkeyUsageNotCriticalTest3', 'InvalidkeyUsageCriticalcRLSignFalseTest4', 'InvalidkeyUsageNotCriticalcRLSignFalseTest5'] },
  { number: '4.8', title: 'certificate policies', refusals: ['policies'], cases: [
    'AllCertificatesNoPoliciesTest2', ...numbered('DifferentPolicies', 3, 4, 5, 7, 8, 9, 12), 'OverlappingPoliciesTest6', ...numbered('AllCertificatesSamePolicies', 10, 13), 'AllCertificatesanyPolicyTest11', 'AnyPolicyTest14',
    ...numbered('UserNoticeQualifier', 15, 16, 17, 18, 19), 'CPSPointerQualifierTest20'] },
  { number: '4.9', title: 'require explicit policy', refusals: ['policies'], cases: [
    ...numbered('ValidrequireExplicitPolicy', 1, 2, 4), ...numbered('InvalidrequireExplicitPolicy', 3, 5), 'ValidSelfIssuedrequireExplicitPolicyTest6', ...numbered('InvalidSelfIssuedrequireExplicitPolicy', 7, 8)] },
  { number: '4.10', title: 'policy mappings', refusals: ['policies'], cases: [
    ...numbered('ValidPolicyMapping', 1, 3, 5, 6, 9, 11, 12, 13, 14), ...numbered('InvalidPolicyMapping', 2, 4, 10), 'InvalidMappingFromanyPolicyTest7', 'InvalidMappingToanyPolicyTest8'] },
  { number: '4.11', title: 'inhibit policy mapping', refusals: ['policies'], cases: [
    ...numbered('InvalidinhibitPolicyMapping', 1, 3, 5, 6), ...numbered('ValidinhibitPolicyMapping', 2, 4), 'ValidSelfIssuedinhibitPolicyMappingTest7', ...numbered('InvalidSelfIssuedinhibitPolicyMapping', 8, 9, 10, 11)] },
  { number: '4.12', title: 'inhibit any policy', refusals: ['policies'], cases: [
    ...numbered('InvalidinhibitAnyPolicy', 1, 4, 5, 6), 'ValidinhibitAnyPolicyTest2', 'inhibitAnyPolicyTest3', ...numbered('ValidSelfIssuedinhibitAnyPolicy', 7, 9), ...numbered('InvalidSelfIssuedinhibitAnyPolicy', 8, 10)] },
  { number: '4.13', title: 'name constraints', refusals: ['name-constraints'], cases: [
    ...numbered('ValidDNnameConstraints', 1, 4, 5, 6, 11, 14, 18, 19), ...numbered('InvalidDNnameConstraints', 2, 3, 7, 8, 9, 10, 12, 13, 15, 16, 17, 20), ...numbered('ValidRFC822nameConstraints', 21, 23, 25),
    ...numbered('InvalidRFC822nameConstraints', 22, 24, 26), 'ValidDNandRFC822nameConstraintsTest27', ...numbered('InvalidDNandRFC822nameConstraints', 28, 29), ...numbered('ValidDNSnameConstraints', 30, 32),
    ...numbered('InvalidDNSnameConstraints', 31, 33, 38), ...numbered('ValidURInameConstraints', 34, 36), ...numbered('InvalidURInameConstraints', 35, 37)] },
  { number: '4.14', title: 'distribution points', refusals: ['revoked', 'uncovered'], cases: [
    ...numbered('ValiddistributionPoint', 1, 4, 5, 7), ...numbered('InvaliddistributionPoint', 2, 3, 6, 8, 9), 'ValidNoissuingDistributionPointTest10', 'InvalidonlyContainsUserCertsTest11', 'InvalidonlyContainsCACertsTest12',
    'ValidonlyContainsCACertsTest13', 'InvalidonlyContainsAttributeCertsTest14', ...numbered('InvalidonlySomeReasons', 15, 16, 17, 20, 21), ...numbered('ValidonlySomeReasons', 18, 19), ...numbered('ValidIDPwithindirectCRL', 22, 24, 25),
    ...numbered('InvalidIDPwithindirectCRL', 23, 26), ...numbered('InvalidcRLIssuer', 27, 31, 32, 34, 35), ...numbered('ValidcRLIssuer', 28, 29, 30, 33)] },
  { number: '4.15', title: 'delta lists', refusals: ['revoked', 'uncovered'], cases: [
    'InvaliddeltaCRLIndicatorNoBaseTest1', ...numbered('ValiddeltaCRL', 2, 5, 7, 8), ...numbered('InvaliddeltaCRL', 3, 4, 6, 9, 10)] },
  { number: '4.16', title: 'private certificate extensions', refusals: ['critical-extension'], cases: ['ValidUnknownNotCriticalCertificateExtensionTest1', 'InvalidUnknownCriticalCertificateExtensionTest2'] },
];

const policy = (number: number): string => `2.16.840.1.101.3.2.1.48.${number}`;
export interface Subpart {
  readonly name: string;
  readonly valid: boolean;
  /** The user-initial-policy-set; null = any. */
  readonly acceptable?: readonly string[];
  readonly requireExplicit?: true;
  readonly inhibitMapping?: true;
  readonly inhibitAny?: true;
}
const withSet = (name: string, valid: boolean, ...numbers: readonly number[]): Subpart => ({ name, valid, acceptable: numbers.map(policy) });
/** Cases that the document runs with settings of their own, or whose name does not say what is expected. */
export const subparts: readonly Subpart[] = [
  { name: 'ValidCertificatePathTest1', valid: true, requireExplicit: true },
  { ...withSet('ValidCertificatePathTest1', true, 1), requireExplicit: true },
  { ...withSet('ValidCertificatePathTest1', false, 2), requireExplicit: true },
  { ...withSet('ValidCertificatePathTest1', true, 1, 2), requireExplicit: true },
  { name: 'AllCertificatesNoPoliciesTest2', valid: true },
  { name: 'AllCertificatesNoPoliciesTest2', valid: false, requireExplicit: true },
  { name: 'DifferentPoliciesTest3', valid: true },
  { name: 'DifferentPoliciesTest3', valid: false, requireExplicit: true },
  { ...withSet('DifferentPoliciesTest3', false, 1, 2), requireExplicit: true },
  ...[4, 5, 7, 8, 9, 12].map((number): Subpart => ({ name: `DifferentPoliciesTest${number}`, valid: false })),
  { name: 'OverlappingPoliciesTest6', valid: true }, withSet('OverlappingPoliciesTest6', true, 1), withSet('OverlappingPoliciesTest6', false, 2),
  { name: 'AllCertificatesSamePoliciesTest10', valid: true }, withSet('AllCertificatesSamePoliciesTest10', true, 1), withSet('AllCertificatesSamePoliciesTest10', true, 2),
  { name: 'AllCertificatesanyPolicyTest11', valid: true }, withSet('AllCertificatesanyPolicyTest11', true, 1),
  ...[1, 2, 3].map((number) => withSet('AllCertificatesSamePoliciesTest13', true, number)),
  withSet('AnyPolicyTest14', true, 1), withSet('AnyPolicyTest14', false, 2),
  ...[15, 16, 17, 19].map((number): Subpart => ({ name: `UserNoticeQualifierTest${number}`, valid: true })),
  withSet('UserNoticeQualifierTest18', true, 1), withSet('UserNoticeQualifierTest18', true, 2),
  { name: 'CPSPointerQualifierTest20', valid: true },
  withSet('ValidPolicyMappingTest1', true, 1), withSet('ValidPolicyMappingTest1', false, 2), { ...withSet('ValidPolicyMappingTest1', false, 1), inhibitMapping: true },
  { name: 'InvalidPolicyMappingTest2', valid: false, inhibitMapping: true },
  withSet('ValidPolicyMappingTest3', false, 1), withSet('ValidPolicyMappingTest3', true, 2),
  withSet('ValidPolicyMappingTest5', true, 1), withSet('ValidPolicyMappingTest5', false, 6),
  withSet('ValidPolicyMappingTest6', true, 1), withSet('ValidPolicyMappingTest6', false, 6),
  withSet('ValidPolicyMappingTest12', true, 1), withSet('ValidPolicyMappingTest12', true, 2),
  withSet('ValidPolicyMappingTest13', true, 1), withSet('ValidPolicyMappingTest13', false, 2),
  { name: 'inhibitAnyPolicyTest3', valid: true }, { name: 'inhibitAnyPolicyTest3', valid: false, inhibitAny: true },
];

/** Valid cases that are refused on purpose. */
const dsa = 'DSA with SHA-1 is not among the accepted algorithms';
const indirect = 'indirect lists are not used: every listed authority signs its own, and a list about other authorities’ certificates is refused';
export const inapplicable: Readonly<Record<string, string>> = {
  ValidDSASignaturesTest4: dsa, ValidDSAParameterInheritanceTest5: dsa,
  ValidIDPwithindirectCRLTest22: indirect, ValidIDPwithindirectCRLTest24: indirect, ValidIDPwithindirectCRLTest25: indirect,
  ValidcRLIssuerTest28: indirect, ValidcRLIssuerTest29: indirect, ValidcRLIssuerTest30: indirect, ValidcRLIssuerTest33: indirect,
};
