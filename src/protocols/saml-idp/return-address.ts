/**
 * Where an answer may go: always an endpoint of the service's own metadata, for HTTP-POST, compared letter for letter
 * (threats E01). A request can only point at one of them, by address or by index, never bring its own.
 */
import { fail } from '../../core/errors.ts';
import type { VerifiedReturnAddress } from '../../login/transaction.ts';
import type { AssertionConsumerService, SamlService } from '../../parties/model.ts';
import type { AuthnRequest } from '../../saml/messages/authn-request.ts';
import { bindings } from '../../saml/names.ts';

const defaultOf = (endpoints: readonly AssertionConsumerService[]): AssertionConsumerService | undefined =>
  endpoints.find(({ isDefault }) => isDefault) ?? endpoints.reduce<AssertionConsumerService | undefined>((lowest, endpoint) => (lowest === undefined || endpoint.index < lowest.index ? endpoint : lowest), undefined);

/** The only maker of a SAML return address. Errors: `saml.return-address`. */
export const returnAddressFor = (request: AuthnRequest, service: SamlService): VerifiedReturnAddress => {
  const { acsUrl, acsIndex, protocolBinding } = request;
  // [SAMLCore §3.4.1] AssertionConsumerServiceIndex excludes both the address and ProtocolBinding.
  if (acsIndex !== null && (acsUrl !== null || protocolBinding !== null)) return fail('saml.return-address', 'an index together with an address or a binding', { entityId: service.entityId });
  const usable = service.assertionConsumerServices.filter(({ binding }) => binding === bindings.post);
  const chosen = acsUrl !== null ? usable.find(({ url }) => url === acsUrl) : acsIndex !== null ? usable.find(({ index }) => index === acsIndex) : defaultOf(usable);
  if (chosen === undefined) return fail('saml.return-address', 'the request points at no HTTP-POST endpoint of the metadata', { entityId: service.entityId, by: acsUrl !== null ? 'address' : acsIndex !== null ? 'index' : 'default' });
  return { url: chosen.url, binding: chosen.binding } as VerifiedReturnAddress;
};
