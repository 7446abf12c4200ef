/**
 * saml/xml: every incoming XML byte goes through readXml, everything we sign is written by writeXml. Owns reading, exclusive C14N,
 * signatures, encryption. Does not own: what a message means (messages/), how it travels (bindings/).
 */
export { readXml } from './reader.ts';
export { attributeOf, childElements, elementsOf, onlyChild, textOf, type XmlAttribute, type XmlElement, type XmlProfile } from './tree.ts';
export { defaultLimits, type XmlLimits } from './limits.ts';
export { canonicalise } from './c14n.ts';
export { isSigned, verifyEnveloped, type SignedElement, type VerifyOptions } from './signature.ts';
export { verifyDetached, type SignaturePolicy } from './algorithms.ts';
export { signerFor, type Signer, type SignerOptions } from './signer.ts';
export { tokenSignerFor, type TokenKey } from './signer-pkcs11.ts';
export { element, prefixTable, writeXml, type XmlNode } from './writer.ts';
export { signNode, writeSigned } from './sign.ts';
export { encryptAssertion, type EncryptionTarget } from './encrypt.ts';
export { decryptAssertion, type DecryptOptions } from './decrypt.ts';
export type { AggregateEntry, AggregateGroup, AggregateIndex } from './aggregate.ts';
export { readEntity, verifyAggregate, type AggregateOptions } from './aggregate-file.ts';
