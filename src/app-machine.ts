/** Clients that prove themselves by a certificate [RFC 8705]: the listener, and what each certificate is worth. Used by app.ts alone. */
import { certificateHints } from './authenticators/certificate/authenticate.ts';
import type { MachineListener } from './config/model.ts';
import { isBrygganError } from './core/errors.ts';
import type { Clock, Log } from './core/ports.ts';
import { createMachineServer, machineTlsOptions, presentedBy } from './http/machine.ts';
import { parseCertificate, verifyChain, type RevocationChecker, type TrustStore } from './pki/index.ts';
import type { Peer } from './protocols/oidc-op/exchange.ts';
import { registerMachine } from './protocols/oidc-op/plugin.ts';
import { readPair, type TlsFollower } from './app-tls.ts';
import { noteOidcRefusal, type OidcParts } from './app-oidc.ts';
import type { LoginPorts } from './login/context.ts';

const BODY_LIMIT = 64 * 1024;
export interface PeerPorts { readonly trust: TrustStore; readonly revocation: RevocationChecker; readonly clock: Clock; readonly log: Log }

/** Trusted: issued by a function CA of the listener's, in time, fit for a client, and not revoked. Whoever is not may still be known by the key itself. */
const isTrusted = async (der: Buffer, issuers: readonly string[], { trust, revocation, clock, log }: PeerPorts): Promise<boolean> => {
  try {
    const chain = verifyChain(der, trust, { now: clock.now(), credentialTypes: ['function'], issuers });
    await revocation.ask(chain);
    const { status } = revocation.check(chain);
    if (status !== 'good') log.info({ status, issuer: chain.issuer.id }, 'the certificate of a client is not good');
    return status === 'good';
  } catch (error) {
    if (!isBrygganError(error)) throw error;
    log.info({ code: error.code, detail: error.detail }, 'the certificate of a client is not of a function CA that is accepted');
    return false;
  }
};
export const peerOf = async (der: Buffer | null, issuers: readonly string[], ports: PeerPorts): Promise<Peer | null> => {
  if (der === null) return null;
  const certificate = parseCertificate(der);
  return { certificate: certificate.x509.toString(), subject: certificate.subjectName, trusted: await isTrusted(der, issuers, ports) };
};

export const createMachine = (listener: MachineListener, { handle }: OidcParts, ports: LoginPorts, trusted: PeerPorts, tls: TlsFollower): ReturnType<typeof createMachineServer> => {
  const { url, tls: files, issuers } = listener;
  const hints = certificateHints([{ issuers }], trusted.trust, 'function');
  const server = createMachineServer({ url, ...readPair(files), hints, bodyLimit: BODY_LIMIT, log: ports.log });
  tls.follow({ name: 'machine', files, server: server.server, optionsFor: (pair) => machineTlsOptions({ ...pair, hints }) });
  registerMachine(server, { handle, peerOf: (request) => peerOf(presentedBy(request), issuers, trusted), noteRefusal: (error, refusal) => noteOidcRefusal(error, refusal, ports) });
  return server;
};
