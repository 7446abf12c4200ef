/** Bryggan towards the parties' own IdPs: a method for every IdP in the serving registry, and the routes they answer at. Used by app.ts and app-public.ts alone. */
import { createHash } from 'node:crypto';
import { attributeByWireName, friendlyNameOf, wireNames } from './attributes/catalogue.ts';
import type { Configuration, UpstreamRowSettings } from './config/model.ts';
import { fail } from './core/errors.ts';
import { systemClock as clock, systemRandom as random } from './core/ports.ts';
import { browserOf } from './http/browser.ts';
import { sendFlow, type ReplyTools } from './http/reply-page.ts';
import type { createPublicServer } from './http/server.ts';
import type { LoginPorts } from './login/context.ts';
import { askedLogout, logoutAnswered, postedLogout } from './login/logout.ts';
import type { AuthenticationMethod } from './login/ports.ts';
import { upstreamAnswered } from './login/upstream.ts';
import { methodIdOf, providerOf } from './login/upstream-session.ts';
import { isOidcProvider, isSamlProvider, type IdentityProvider, type PartyRegistry } from './parties/model.ts';
import { speakFor } from './parties/upstream-trust.ts';
import { formFields, readPost } from './saml/bindings/post.ts';
import { writeServiceProvider, type ServiceProviderDescription } from './saml/metadata/write-service-provider.ts';
import { nameIdFormats } from './saml/names.ts';
import type { Stores } from './sessions/ports.ts';
import { acceptUpstreamLogout } from './upstreams/saml-sp/logout.ts';
import { createSamlUpstream } from './upstreams/saml-sp/method.ts';
import { readMemory, type SamlUpstreamSettings } from './upstreams/saml-sp/model.ts';
import { registerUpstreamSaml } from './upstreams/saml-sp/plugin.ts';
import { authenticateResponse } from './upstreams/saml-sp/response.ts';
import type { OutboundClient } from './http/outbound.ts';
import { registerUpstreamOidc } from './upstreams/oidc-rp/plugin.ts';
import type { Follower, Keys, Reading } from './app-keys.ts';
import { openOidcUpstreams, type OidcUpstreams } from './app-upstreams-oidc.ts';

export interface UpstreamMade { readonly configuration: Configuration; readonly stores: Stores; readonly registry: PartyRegistry; readonly keys: Keys; readonly outbound: OutboundClient }
export interface Upstreams {
  readonly methodFor: (id: string) => AuthenticationMethod | undefined;
  /** Rows of config/methods.yaml that stand for all IdPs. */
  readonly rows: readonly AuthenticationMethod[];
  readonly saml: SamlUpstreamSettings;
  readonly oidc: OidcUpstreams;
  readonly metadata: () => { readonly bytes: Buffer; readonly etag: string };
  readonly follow: Follower;
}

const describe = ({ configuration }: UpstreamMade, saml: SamlUpstreamSettings, certificates: Pick<ServiceProviderDescription, 'signingCertificates' | 'encryptionCertificates'>): ServiceProviderDescription => {
  const { operator, serviceName } = configuration;
  const named = (id: string, required: boolean) => wireNames(id, 'sambi').map((name) => ({ name, friendlyName: friendlyNameOf(id), required }));
  return {
    entityId: saml.entityId, ...certificates, acsUrl: saml.acsUrl, singleLogout: [{ binding: 'redirect', url: saml.sloUrl }, { binding: 'post', url: saml.sloUrl }],
    nameIdFormats: [nameIdFormats.transient, nameIdFormats.persistent], attributes: named('employeeHsaId', false),
    names: serviceName, descriptions: { sv: `Inloggning för ${operator.displayNames.sv} och anslutna kommuner`, en: `Login for ${operator.displayNames.en} and connected municipalities` },
    organisation: operator,
    contacts: operator.contacts.map(({ kind, name, email, phone }) => ({ type: kind === 'security' ? 'other' : kind, company: operator.names.sv, givenName: name, surname: null, email, telephone: phone })),
  };
};

const samlSettings = ({ configuration, stores, registry, keys }: UpstreamMade): SamlUpstreamSettings => {
  const { publicUrl } = configuration;
  const format = configuration.environment === 'production' ? 'production' : 'tolerant';
  return {
    entityId: configuration.upstreamSaml.entityId, acsUrl: `${publicUrl}/upstream/saml/acs`, sloUrl: `${publicUrl}/upstream/saml/slo`,
    get signer() { return keys.serving().upstream.signer; },
    get decryptionKeys() { return keys.serving().upstream.decryptionKeys; },
    clock, random, clockSkew: configuration.clockSkewSeconds, registry, replay: stores.replay, attributeByWireName,
    speakFor: (claims, provider) => speakFor(claims, provider, format),
  };
};

/** One method per IdP and snapshot of the registry: a switched-off one is none. */
const methodsBy = (registry: PartyRegistry, create: (id: string, provider: IdentityProvider) => AuthenticationMethod | undefined): Upstreams['methodFor'] => {
  const made = new WeakMap<IdentityProvider, AuthenticationMethod>();
  return (id) => {
    const { identityProviders, parties } = registry.current();
    const provider = identityProviders.get(providerOf(id) ?? '');
    if (provider?.enabled !== true || parties.get(provider.party)?.enabled !== true) return undefined;
    const known = made.get(provider) ?? create(methodIdOf(provider.id), provider);
    if (known !== undefined) made.set(provider, known);
    return known;
  };
};

/** The row "my organisation's login": what it can reach is what some IdP that is switched on can. */
const organisationRow = ({ id, names }: UpstreamRowSettings, registry: PartyRegistry, methodFor: Upstreams['methodFor']): AuthenticationMethod => ({
  id, kind: 'upstream', names, highestLevel: 'loa4',
  get levels() { return [...new Set([...registry.current().identityProviders.keys()].flatMap((provider) => methodFor(methodIdOf(provider))?.levels ?? []))]; },
  startUrl: () => fail('internal', 'an organisation is chosen first'),
  recheck: () => fail('internal', 'nobody logs in at the row itself'),
});

export const openUpstreams = async (made: UpstreamMade): Promise<Upstreams> => {
  const { configuration, registry, keys } = made;
  const saml = samlSettings(made);
  const publish: (wanted: Parameters<Follower>[0]) => Promise<ReturnType<Upstreams['metadata']>> = async ({ metadata: { current }, upstream: { signingCertificates, encryptionCertificates } }) => {
    const bytes = Buffer.from(await writeServiceProvider(describe(made, saml, { signingCertificates, encryptionCertificates }), current));
    return { bytes, etag: `"${createHash('sha256').update(bytes).digest('hex')}"` };
  };
  const oidc = openOidcUpstreams(configuration, made.outbound);
  const methodFor = methodsBy(registry, (id, provider) => (isSamlProvider(provider) ? createSamlUpstream(id, provider, saml) : isOidcProvider(provider) ? oidc.methodFor(id, provider) : undefined));
  let metadata = await publish(keys.serving());
  return {
    saml, oidc,
    methodFor,
    rows: configuration.methods.flatMap((row) => (row.kind === 'upstream' ? [organisationRow(row, registry, methodFor)] : [])),
    metadata: () => metadata,
    follow: async (wanted) => {
      const next = await publish(wanted);
      return () => { metadata = next; };
    },
  };
};

/** The answer of an IdP, checked against what the login asked; where the browser goes next. */
const answered = (body: string, rawQuery: string, { saml }: Upstreams, ports: LoginPorts): Promise<string> => {
  const bound = readPost({ fields: formFields(body), rawQuery });
  if (bound.kind !== 'response') return fail('binding.parameter', 'a SAMLRequest where answers belong');
  const handle = bound.relayState ?? fail('upstream.unsolicited', 'an answer without RelayState belongs to no login'); // threats D01
  return upstreamAnswered(handle, async (method, kept) => {
    const memory = readMemory(kept);
    const provider = ports.registry.current().identityProviders.get(memory.provider);
    if (provider === undefined || !isSamlProvider(provider) || methodIdOf(provider.id) !== method) return fail('upstream.disabled', 'the IdP is gone or speaks another protocol now', { provider: memory.provider });
    return authenticateResponse(bound.xml, memory, provider, method, saml);
  }, ports);
};

export const routeUpstreams = (server: ReturnType<typeof createPublicServer>, upstreams: Upstreams, ports: LoginPorts, tools: ReplyTools, observe: (request: Reading) => void): void => {
  registerUpstreamOidc(server, {
    callback: (provider, rawQuery) => upstreams.oidc.callback(provider, rawQuery, ports),
    loggedOut: async (provider, rawQuery, request, reply) => sendFlow(request, reply, await upstreams.oidc.loggedOut(provider, rawQuery, ports), tools),
    endedThere: (provider, body) => upstreams.oidc.endedThere(provider, body, ports),
  });
  registerUpstreamSaml(server, {
    metadata: upstreams.metadata, observe,
    acs: (body, rawQuery) => answered(body, rawQuery, upstreams, ports),
    slo: async (message, request, reply) => {
      const accepted = acceptUpstreamLogout(message, upstreams.saml);
      const said = accepted.kind === 'answer' ? logoutAnswered(accepted.mark, accepted.service, accepted.succeeded, ports)
        : message.binding === 'post' ? postedLogout(accepted.wish, ports) : askedLogout(accepted.wish, browserOf(request), ports);
      return sendFlow(request, reply, await said, tools);
    },
  });
};
