/** Our metadata as bytes: written and signed once per change of keys or configuration, then only served. */
import { createHash } from 'node:crypto';
import { writeIdentityProvider, type IdentityProviderDescription } from '../../saml/metadata/write-identity-provider.ts';
import type { Signer } from '../../saml/xml/index.ts';

/** [SAMLMeta §4.1.1] */
export const METADATA_CONTENT_TYPE = 'application/samlmetadata+xml';
export interface PublishedMetadata { readonly bytes: Buffer; readonly contentType: string; readonly etag: string; readonly sha256: string }

/** `signer` holds the metadata key, which signs nothing else: what it signed must not be usable as an assertion (threats §0.3). */
export const publishMetadata = async (description: IdentityProviderDescription, signer: Signer): Promise<PublishedMetadata> => {
  const bytes = Buffer.from(await writeIdentityProvider(description, signer));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, contentType: METADATA_CONTENT_TYPE, etag: `"${sha256}"`, sha256 };
};
