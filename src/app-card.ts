/** The card's way in: both listeners, and what they do with what they read. Used by app.ts alone. */
import type { Server } from 'node:http';
import { authenticateCard, certificateHints, type CertificateMethodPorts, type CertificateMethodSettings } from './authenticators/certificate/authenticate.ts';
import { hostMatches, type CardEndpointPorts, type PresentedCertificate } from './authenticators/certificate/card-endpoint.ts';
import { createCardListener } from './authenticators/certificate/card-listener.ts';
import { createProxyListener } from './authenticators/certificate/proxy-listener.ts';
import type { Configuration } from './config/model.ts';
import { errorCatalogue } from './core/error-catalogue.ts';
import { isBrygganError } from './core/errors.ts';
import { newReference } from './core/secrets.ts';
import { park, type AuthenticationOutcome } from './login/3-authenticate.ts';
import { lineOf } from './login/audit-lines.ts';
import type { LoginPorts } from './login/context.ts';
import { bareFrame } from './login/frame.ts';
import type { PageFrame } from './login/pages.ts';
import { readPem } from './app-parts.ts';
import { ui } from './ui/render.ts';

export interface CardWiring {
  readonly ports: LoginPorts;
  readonly methods: readonly CertificateMethodSettings[];
  readonly certificatePorts: CertificateMethodPorts;
  /** Demo only: where a browser without a certificate is sent instead of being told so. */
  readonly withoutCertificate?: (handle: string) => string;
}

/** The method whose card host was called. */
const methodAt = (hostName: string, methods: readonly CertificateMethodSettings[]): CertificateMethodSettings | undefined =>
  methods.find(({ cardUrl, freshHostNames }) => {
    const { hostname } = new URL(cardUrl);
    return hostMatches(hostName, freshHostNames ? [hostname, `*.${hostname}`] : [hostname]);
  });

const judge = async (peer: PresentedCertificate | null, hostName: string, { methods, certificatePorts, ports }: CardWiring): Promise<AuthenticationOutcome> => {
  const settings = methodAt(hostName, methods);
  if (settings === undefined) return { ok: false, code: 'login.no-method', facts: { hostName } };
  try {
    return { ok: true, identity: await authenticateCard(peer, settings, certificatePorts) };
  } catch (error) {
    if (!isBrygganError(error)) throw error;
    ports.log.info({ code: error.code, detail: error.detail }, 'card refused');
    return { ok: false, code: error.code, facts: { ...error.facts, detail: error.detail } };
  }
};

const endpointPorts = (wiring: CardWiring): CardEndpointPorts => {
  const { ports, withoutCertificate } = wiring;
  return {
    log: ports.log,
    onCard: async (handle, peer, facts) =>
      peer === null && facts.via === 'tls' && withoutCertificate !== undefined
        ? { redirectTo: withoutCertificate(handle) }
        : { redirectTo: await park(handle, () => judge(peer, facts.hostName, wiring), ports) },
    failurePage: async (error, facts) => {
      const reference = newReference(ports.random);
      const row = errorCatalogue[error.code];
      if (row.audited) await ports.audit.record(lineOf(row.text === 'card-proxy' ? 'card.proxy-refused' : 'request.refused', { reference, code: error.code, facts: { ...error.facts, via: facts.via, detail: error.detail } }));
      const locale = facts.acceptLanguage?.toLowerCase().startsWith('en') === true ? 'en' : 'sv';
      const frame: PageFrame = { ...bareFrame(ports), reference, locale, environment: ports.settings.environment, otherLanguageUrl: `${ports.settings.publicUrl}/language/${locale === 'sv' ? 'en' : 'sv'}` };
      return { status: row.http, html: ui.render({ kind: 'error', code: error.code, answer: null, retry: null }, frame) };
    },
  };
};

export const createCardServers = (listeners: Configuration['listeners'], wiring: CardWiring): { readonly card: Server | null; readonly proxy: Server | null } => {
  const { card, proxy } = listeners;
  const endpoint = endpointPorts(wiring);
  const hints = certificateHints(wiring.methods, wiring.certificatePorts.trust);
  const mutual = proxy?.mutualTls ?? null;
  return {
    card: card === null ? null : createCardListener({ key: readPem(card.tls.keyFile), certificate: readPem(card.tls.certificateFile), hints, hosts: card.hosts }, endpoint),
    proxy: proxy === null ? null : createProxyListener({
      form: proxy.form, hosts: proxy.hosts, secrets: proxy.secrets.map((one) => one.reveal()),
      mutualTls: mutual === null ? null : { key: readPem(mutual.keyFile), certificate: readPem(mutual.certificateFile), authorities: mutual.authorityFiles.map(readPem), fingerprints: mutual.fingerprints },
    }, endpoint),
  };
};
