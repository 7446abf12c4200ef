/** The card's way in: both listeners, and what they do with what they read. Used by app.ts alone. */
import type { Server } from 'node:http';
import { authenticateCard, certificateHints, type CertificateMethodPorts, type CertificateMethodSettings } from './authenticators/certificate/authenticate.ts';
import { hostMatches, type CardEndpointPorts, type CardPage, type PresentedCertificate } from './authenticators/certificate/card-endpoint.ts';
import { inspectCard } from './authenticators/certificate/inspect.ts';
import { cardTlsOptions, createCardListener, type CardListenerSettings } from './authenticators/certificate/card-listener.ts';
import { createProxyListener, proxyTlsOptions, type MutualTls } from './authenticators/certificate/proxy-listener.ts';
import type { Configuration } from './config/model.ts';
import { errorCatalogue } from './core/error-catalogue.ts';
import { fail, isBrygganError } from './core/errors.ts';
import type { Locale } from './core/locale.ts';
import { newReference } from './core/secrets.ts';
import { park, type AuthenticationOutcome } from './login/3-authenticate.ts';
import { lineOf } from './login/audit-lines.ts';
import { recordStranger } from './login/stranger-line.ts';
import { cardTestAddress, isCardTest, openCardTest } from './login/card-test.ts';
import type { LoginPorts } from './login/context.ts';
import { bareFrame } from './login/frame.ts';
import type { PageFrame } from './login/pages.ts';
import { readPem } from './app-parts.ts';
import { readPair, type TlsFollower, type TlsPair } from './app-tls.ts';
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

/** Shown where the card was read: nothing of it travels on. */
const testCard = async (handle: string, peer: PresentedCertificate | null, hostName: string, { methods, certificatePorts, ports }: CardWiring): Promise<CardPage> => {
  const { party, locale } = openCardTest(handle, ports);
  const settings = methodAt(hostName, methods) ?? fail('login.no-method', 'no method reads cards at this host', { hostName });
  const report = await inspectCard(peer, settings, certificatePorts);
  ports.log.info({ party: party.id, verdict: report.verdict.ok ? 'good' : report.verdict.code, issuer: report.certificate?.listed ?? null }, 'a card was tried');
  const { publicUrl } = ports.settings;
  return { status: 200, html: ui.renderAlone({ kind: 'card-test-result', report, retry: `${publicUrl}${cardTestAddress(party.id)}` }, { ...cardHostFrame(locale, ports), support: party.support }) };
};
/** Its links lead to the public listener: nothing else is served beside a page of the card host. */
const cardHostFrame = (locale: Locale, ports: LoginPorts): PageFrame =>
  ({ ...bareFrame(ports), locale, environment: ports.settings.environment, otherLanguageUrl: `${ports.settings.publicUrl}/language/${locale === 'sv' ? 'en' : 'sv'}` });

const endpointPorts = (wiring: CardWiring): CardEndpointPorts => {
  const { ports, withoutCertificate } = wiring;
  return {
    log: ports.log,
    onCard: async (handle, peer, facts) =>
      peer === null && facts.via === 'tls' && withoutCertificate !== undefined
        ? { redirectTo: withoutCertificate(handle) }
        : isCardTest(handle) ? testCard(handle, peer, facts.hostName, wiring) : { redirectTo: await park(handle, () => judge(peer, facts.hostName, wiring), ports) },
    failurePage: async (error, facts) => {
      const reference = newReference(ports.random);
      const row = errorCatalogue[error.code];
      if (row.audited) await recordStranger(lineOf(row.text === 'card-proxy' ? 'card.proxy-refused' : 'request.refused', { reference, code: error.code, facts: { ...error.facts, via: facts.via, detail: error.detail } }), facts.via === 'tls' ? facts.remoteAddress : null, ports);
      const locale = facts.acceptLanguage?.toLowerCase().startsWith('en') === true ? 'en' : 'sv';
      return { status: row.http, html: ui.renderAlone({ kind: 'error', code: error.code, answer: null, retry: null }, { ...cardHostFrame(locale, ports), reference }) };
    },
  };
};

const cardServer = ({ tls: files, hosts }: NonNullable<Configuration['listeners']['card']>, hints: CardListenerSettings['hints'], endpoint: CardEndpointPorts, tls: TlsFollower): Server => {
  const settingsFor = (pair: TlsPair): CardListenerSettings => ({ ...pair, hints, hosts });
  const server = createCardListener(settingsFor(readPair(files)), endpoint);
  tls.follow({ name: 'card', files, server, optionsFor: (pair) => cardTlsOptions(settingsFor(pair)) });
  return server;
};
const proxyServer = ({ form, hosts, secrets, mutualTls: mutual }: NonNullable<Configuration['listeners']['proxy']>, endpoint: CardEndpointPorts, tls: TlsFollower): Server => {
  const settings = { form, hosts, secrets: secrets.map((one) => one.reveal()) };
  if (mutual === null) return createProxyListener({ ...settings, mutualTls: null }, endpoint);
  const mutualFor = (pair: TlsPair): MutualTls => ({ ...pair, authorities: mutual.authorityFiles.map(readPem), fingerprints: mutual.fingerprints });
  const server = createProxyListener({ ...settings, mutualTls: mutualFor(readPair(mutual)) }, endpoint);
  tls.follow({ name: 'proxy', files: mutual, server, optionsFor: (pair) => proxyTlsOptions(mutualFor(pair)) });
  return server;
};

export const createCardServers = ({ card, proxy }: Configuration['listeners'], wiring: CardWiring, tls: TlsFollower): { readonly card: Server | null; readonly proxy: Server | null } => {
  const endpoint = endpointPorts(wiring);
  const hints = certificateHints(wiring.methods, wiring.certificatePorts.trust);
  return { card: card === null ? null : cardServer(card, hints, endpoint, tls), proxy: proxy === null ? null : proxyServer(proxy, endpoint, tls) };
};
