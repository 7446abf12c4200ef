/**
 * Tells services over SOAP that a session ended [SAMLProf §4.4.3.1]: the back channel needs no browser, so it also works when the
 * person at the keyboard is already another one. Services without a SOAP endpoint are reported as such, never as logged out.
 */
import { newXmlId, type Clock, type Log, type Random } from '../../core/ports.ts';
import { isBrygganError } from '../../core/errors.ts';
import type { LogoutResult, ServiceNotifier } from '../../login/context.ts';
import type { PartyRegistry, ServiceParty } from '../../parties/model.ts';
import type { ServiceEntry } from '../../sessions/ports.ts';
import { soapBody, writeSoap } from '../../saml/bindings/soap.ts';
import { logoutRequestNode, readLogoutResponse } from '../../saml/messages/logout.ts';
import { isSigned, readXml, verifyEnveloped, writeSigned, type Signer } from '../../saml/xml/index.ts';
import { readEntryState } from './face-state.ts';

export interface NotifierSettings {
  readonly entityId: string;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly registry: PartyRegistry;
  /** POSTs a SOAP envelope by the outbound client (time, size and address limits); the body of a 200 answer. */
  readonly post: (url: string, body: string) => Promise<Uint8Array>;
}
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';
/** Services told at the same time: one login must not become a storm (threats E09). */
const AT_ONCE = 8;

const tell = async (entry: ServiceEntry, service: ServiceParty, url: string, settings: NotifierSettings): Promise<LogoutResult['result']> => {
  const now = settings.clock.now();
  const { nameId, nameIdFormat, nameQualifier, spNameQualifier, sessionIndex } = readEntryState(entry.faceState);
  const id = newXmlId(settings.random);
  const request = logoutRequestNode({
    id, issueInstant: now, issuer: settings.entityId, destination: url, notOnOrAfter: now + 60_000, reason: 'urn:oasis:names:tc:SAML:2.0:logout:user',
    nameId: { value: nameId, format: nameIdFormat, nameQualifier, spNameQualifier }, sessionIndexes: [sessionIndex],
  });
  const answer = soapBody(readXml(await settings.post(url, writeSoap(await writeSigned(request, settings.signer))), 'service-reply'));
  const keys = service.wire.signingKeys.map(({ key }) => key);
  // The transport authenticates the service (https to its published address); a signature that is there must also be right.
  const response = readLogoutResponse(isSigned(answer) ? verifyEnveloped(answer, keys, { document: answer, now }).element : answer);
  const ours = response.inResponseTo === id && response.issuer === service.wire.entityId;
  return ours && response.status.top === SUCCESS ? 'logged-out' : 'unreachable';
};

const notifyOne = async (entry: ServiceEntry, settings: NotifierSettings): Promise<LogoutResult> => {
  const service = settings.registry.current().services.get(entry.service);
  const url = service?.wire.singleLogoutServices.find(({ binding }) => binding === 'soap')?.url;
  if (service === undefined || url === undefined || entry.protocol !== 'saml') return { entry, result: 'cannot' };
  try {
    return { entry, result: await tell(entry, service, url, settings) };
  } catch (error) {
    settings.log.warn({ service: entry.service, code: isBrygganError(error) ? error.code : 'internal' }, 'service could not be told of a logout');
    return { entry, result: 'unreachable' };
  }
};

export const createSamlNotifier = (settings: NotifierSettings): ServiceNotifier => ({
  notify: async (entries) => {
    const results: LogoutResult[] = [];
    for (let at = 0; at < entries.length; at += AT_ONCE) results.push(...(await Promise.all(entries.slice(at, at + AT_ONCE).map((entry) => notifyOne(entry, settings)))));
    return results;
  },
});
