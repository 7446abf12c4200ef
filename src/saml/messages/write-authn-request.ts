/** An AuthnRequest of ours, as a node of the canonical writer [SAMLCore §3.4.1]. */
import { formatUtcDateTime } from '../../core/dates.ts';
import type { Instant } from '../../core/ports.ts';
import { bindings } from '../names.ts';
import { element, type XmlNode } from '../xml/index.ts';
import type { MatchValue } from './authn-request.ts';

export interface AuthnRequestContent {
  readonly id: string;
  readonly issueInstant: Instant;
  readonly destination: string;
  readonly issuer: string;
  readonly acsUrl: string;
  readonly forceAuthn: boolean;
  readonly isPassive: boolean;
  /** Null: any. */
  readonly nameIdFormat: string | null;
  /** Asked for exactly; empty: nothing is asked. */
  readonly classRefs: readonly string[];
  readonly scoping: { readonly proxyCount: number; readonly providers: readonly string[]; readonly requesters: readonly string[] } | null;
  readonly principalSelection: readonly Pick<MatchValue, 'name' | 'value'>[];
}

const scopingNode = ({ proxyCount, providers, requesters }: NonNullable<AuthnRequestContent['scoping']>): XmlNode =>
  element('samlp:Scoping', { ProxyCount: String(proxyCount) }, [
    ...(providers.length === 0 ? [] : [element('samlp:IDPList', {}, providers.map((id) => element('samlp:IDPEntry', { ProviderID: id }, [])))]),
    ...requesters.map((requester) => element('samlp:RequesterID', {}, [requester])),
  ]);

/** Children in the order that the schema fixes. */
export const authnRequestNode = (content: AuthnRequestContent): XmlNode =>
  element('samlp:AuthnRequest', {
    ID: content.id, Version: '2.0', IssueInstant: formatUtcDateTime(content.issueInstant), Destination: content.destination,
    ForceAuthn: content.forceAuthn ? 'true' : undefined, IsPassive: content.isPassive ? 'true' : undefined,
    ProtocolBinding: bindings.post, AssertionConsumerServiceURL: content.acsUrl,
  }, [
    element('saml:Issuer', {}, [content.issuer]),
    ...(content.principalSelection.length === 0 ? [] : [element('samlp:Extensions', {}, [element('psc:PrincipalSelection', {}, content.principalSelection.map(({ name, value }) => element('psc:MatchValue', { Name: name }, [value])))])]),
    ...(content.nameIdFormat === null ? [] : [element('samlp:NameIDPolicy', { Format: content.nameIdFormat, AllowCreate: 'true' }, [])]),
    ...(content.classRefs.length === 0 ? [] : [element('samlp:RequestedAuthnContext', { Comparison: 'exact' }, content.classRefs.map((ref) => element('saml:AuthnContextClassRef', {}, [ref])))]),
    ...(content.scoping === null ? [] : [scopingNode(content.scoping)]),
  ]);
