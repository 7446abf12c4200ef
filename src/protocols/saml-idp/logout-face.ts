/**
 * How SAML services are told that a session ended, and answered when they ended it [SAMLProf §4.4]. The back channel (SOAP) comes
 * first: it needs no browser, so it also works when the person at the keyboard is already another one.
 */
import { isBrygganError } from '../../core/errors.ts';
import type { ServiceId } from '../../core/ids.ts';
import { newXmlId, type Clock, type Log, type Random } from '../../core/ports.ts';
import type { EndReason, LogoutAsker, LogoutWish } from '../../login/logout-record.ts';
import type { LogoutEnd, LogoutFace } from '../../login/ports.ts';
import { isSamlParty, type PartyRegistry, type SamlParty } from '../../parties/model.ts';
import { soapBody, writeSoap } from '../../saml/bindings/soap.ts';
import { browserEndpoint, browserMessage } from '../../saml/bindings/verify.ts';
import { isSameName, type NameIdContent } from '../../saml/messages/name-id.ts';
import { isCompleteLogout, logoutEnds } from '../../saml/messages/logout-checks.ts';
import { logoutRequestNode, logoutResponseNode, readLogoutResponse } from '../../saml/messages/logout.ts';
import { isSigned, readXml, verifyEnveloped, writeSigned, type Signer, type XmlNode } from '../../saml/xml/index.ts';
import type { ServiceEntry } from '../../sessions/ports.ts';
import { readAskerState, readEntryState, type AskerState } from './face-state.ts';

export interface LogoutFaceSettings {
  readonly entityId: string;
  readonly signer: Signer;
  /** Where keys are rolled service by service; without it `signer` signs for all. */
  readonly signerFor?: (service: ServiceId) => Signer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly registry: PartyRegistry;
  /** POSTs a SOAP envelope by the outbound client (time, size and address limits); the body of a 200 answer. */
  readonly post: (url: string, body: string) => Promise<Uint8Array>;
}
/** How long a service may take the browser's word; people wait at slow pages. */
const REQUEST_MILLISECONDS = 300_000;
const reasons: Readonly<Record<EndReason, string>> = {
  'logged-out': 'urn:oasis:names:tc:SAML:2.0:logout:user', 'other-person': 'urn:oasis:names:tc:SAML:2.0:logout:user',
  'revoked': 'urn:oasis:names:tc:SAML:2.0:logout:admin', 'administrator': 'urn:oasis:names:tc:SAML:2.0:logout:admin',
};
const requestFor = (entry: ServiceEntry, to: { readonly id: string; readonly url: string; readonly reason: EndReason }, settings: LogoutFaceSettings): XmlNode => {
  const now = settings.clock.now();
  const { nameId, nameIdFormat, nameQualifier, spNameQualifier, sessionIndex } = readEntryState(entry.faceState);
  return logoutRequestNode({
    id: to.id, issueInstant: now, issuer: settings.entityId, destination: to.url, notOnOrAfter: now + REQUEST_MILLISECONDS, reason: reasons[to.reason],
    nameId: { value: nameId, format: nameIdFormat, nameQualifier, spNameQualifier }, sessionIndexes: [sessionIndex],
  });
};
type AnswerSettings = Pick<LogoutFaceSettings, 'random' | 'clock' | 'entityId' | 'signer' | 'signerFor'>;
const signerOf = (service: ServiceId, { signer, signerFor }: Pick<LogoutFaceSettings, 'signer' | 'signerFor'>): Signer => signerFor?.(service) ?? signer;
const responseFor = (asker: AskerState, end: LogoutEnd, settings: AnswerSettings, destination: string | null): XmlNode =>
  logoutResponseNode({ id: newXmlId(settings.random), issueInstant: settings.clock.now(), issuer: settings.entityId, destination, inResponseTo: asker.requestId, status: logoutEnds[end] });
/** The answer to a demand over the back channel, in the same exchange: signed, without a Destination [SAMLBind §3.2]. */
export const soapAnswer = async ({ asker }: LogoutWish, end: LogoutEnd, settings: AnswerSettings): Promise<string> =>
  writeSoap(await writeSigned(responseFor(readAskerState(asker.faceState), end, settings, null), signerOf(asker.service, settings)));

const tell = async (entry: ServiceEntry, service: SamlParty, url: string, reason: EndReason, settings: LogoutFaceSettings): Promise<'logged-out' | 'unreachable'> => {
  const id = newXmlId(settings.random);
  const request = requestFor(entry, { id, url, reason }, settings);
  const answer = soapBody(readXml(await settings.post(url, writeSoap(await writeSigned(request, signerOf(service.id, settings)))), 'service-reply'));
  const keys = service.wire.signingKeys.map(({ key }) => key);
  // TLS to its published address authenticates the service; without TLS the answer must be signed, and a signature that is there must be right.
  const signed = isSigned(answer) || !url.startsWith('https:');
  const response = readLogoutResponse(signed ? verifyEnveloped(answer, keys, { document: answer, now: settings.clock.now() }).element : answer);
  const ours = response.inResponseTo === id && response.issuer === service.wire.entityId;
  return ours && isCompleteLogout(response.status) ? 'logged-out' : 'unreachable';
};

export const createLogoutFace = (settings: LogoutFaceSettings): LogoutFace => {
  const serviceOf = (id: ServiceEntry['service']): SamlParty | undefined => {
    const service = settings.registry.current().services.get(id);
    return service !== undefined && isSamlParty(service) ? service : undefined;
  };
  const endpointsOf = (id: ServiceEntry['service']): SamlParty['wire']['singleLogoutServices'] => serviceOf(id)?.wire.singleLogoutServices ?? [];
  return {
    waitsForAnswer: true,
    tell: async (entry, reason) => {
      const service = serviceOf(entry.service);
      const url = service?.wire.singleLogoutServices.find(({ binding }) => binding === 'soap')?.url;
      if (service === undefined || url === undefined) return null;
      try {
        return await tell(entry, service, url, reason, settings);
      } catch (error) {
        settings.log.warn({ service: entry.service, code: isBrygganError(error) ? error.code : 'internal' }, 'service could not be told of a logout');
        return 'unreachable';
      }
    },
    frame: () => null,
    carriesTo: (entry) => browserEndpoint(endpointsOf(entry.service))?.url ?? null,
    carry: async (entry, mark) => {
      const endpoint = browserEndpoint(endpointsOf(entry.service));
      return endpoint === undefined ? null : browserMessage(endpoint, 'request', requestFor(entry, { id: `_${mark}`, url: endpoint.url, reason: 'logged-out' }, settings), mark, signerOf(entry.service, settings));
    },
    isNamed: (entry, { subject, sessionIndexes }) => {
      const { nameId, nameIdFormat, nameQualifier, spNameQualifier, sessionIndex } = readEntryState(entry.faceState);
      const same = isSameName(subject as unknown as NameIdContent, { value: nameId, format: nameIdFormat, nameQualifier, spNameQualifier });
      return same && (sessionIndexes.length === 0 || sessionIndexes.includes(sessionIndex));
    },
    answer: async (asker: LogoutAsker, end) => {
      const state = readAskerState(asker.faceState);
      const endpoint = state.answered ? browserEndpoint(endpointsOf(asker.service), 'responseUrl') : undefined;
      return endpoint === undefined ? null : browserMessage(endpoint, 'response', responseFor(state, end, settings, endpoint.url), state.relayState, signerOf(asker.service, settings));
    },
  };
};
