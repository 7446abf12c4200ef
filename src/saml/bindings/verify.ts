/** From what came to what may be read, and from what we say to what leaves: the same for services and for IdPs. */
import type { KeyObject } from 'node:crypto';
import { fail } from '../../core/errors.ts';
import type { ProtocolAnswer } from '../../core/http-types.ts';
import type { Instant } from '../../core/ports.ts';
import { isSigned, verifyEnveloped, writeSigned, writeXml, type Signer, type XmlElement, type XmlNode } from '../xml/index.ts';
import type { BoundMessage, MessageKind } from './message.ts';
import { writePost } from './post.ts';
import { verifyRedirect, writeRedirect } from './redirect.ts';

export interface Sender { readonly entityId: string; readonly keys: readonly KeyObject[] }
/** The tree that may be read: the signed one when there is a signature. A bad signature is refused also where none was needed [SC-DP §5.2]. Errors: `signature.*`, `saml.unsigned`. */
export const verifiedMessage = (message: BoundMessage, root: XmlElement, { entityId, keys }: Sender, { now, mustBeSigned }: { readonly now: Instant; readonly mustBeSigned: boolean }): XmlElement => {
  const inside = isSigned(root);
  if (inside && message.binding === 'redirect') return fail('signature.shape', 'a signature inside a message by HTTP-Redirect'); // [SAMLBind §3.4.4.1]
  if (!inside && message.signature === null) {
    if (mustBeSigned) fail('saml.unsigned', 'the message must be signed', { entityId });
    return root;
  }
  if (keys.length === 0) return fail('signature.key', 'a signature by a peer that publishes no key', { entityId });
  if (message.signature === null) return verifyEnveloped(root, keys, { document: root, now }).element;
  verifyRedirect(message.signature, keys, now);
  return root;
};

export interface BrowserEndpoint { readonly binding: 'redirect' | 'post'; readonly url: string }
/** By Redirect where there is a choice: it needs no click where scripts are off [K-S2 SDP-IDP22]. */
export const browserEndpoint = (endpoints: readonly { readonly binding: 'redirect' | 'post' | 'soap'; readonly url: string; readonly responseUrl?: string }[], which: 'url' | 'responseUrl' = 'url'): BrowserEndpoint | undefined =>
  (['redirect', 'post'] as const).flatMap((binding) => endpoints.filter((one) => one.binding === binding).map((one) => ({ binding, url: one[which] ?? one.url })))[0];
/** Signed, for the browser to carry. Errors: `key.unavailable`. */
export const browserMessage = async ({ binding, url }: BrowserEndpoint, kind: MessageKind, node: XmlNode, relayState: string | null, signer: Signer): Promise<ProtocolAnswer> =>
  binding === 'redirect' ? { kind: 'redirect', to: await writeRedirect(url, { kind, xml: writeXml(node), relayState }, signer) } : writePost(url, { kind, xml: await writeSigned(node, signer), relayState });
