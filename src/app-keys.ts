/** Our signing keys in the running process: which this node has, which of them serve now, and the orders about them. Used by app.ts alone. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { addPair, makeOidcKey, oidcKeys, pairsIn } from './config/state.ts';
import type { Configuration, KeyReference } from './config/model.ts';
import { fail } from './core/errors.ts';
import { systemClock as clock, systemRandom as random, type Log } from './core/ports.ts';
import type { ControlActions } from './http/management.ts';
import type { PartyId } from './core/ids.ts';
import type { KeyReader } from './keys/obstacles.ts';
import { createKeyring, readRings, type Keyring } from './keys/keyring.ts';
import { keyUses, type HeldKey, type KeyUse, type Rings } from './keys/model.ts';
import { isStep, ringOf, signsFor } from './keys/ring.ts';
import { pemOf, selfSigned } from './keys/self-signed.ts';
import { keysView, type OtherCertificate } from './keys/view.ts';
import { consumerOf, productOf } from './keys/consumer.ts';
import type { Fetched } from './keys/fetches.ts';
import type { AuditTrail } from './audit/model.ts';
import { lineOf } from './login/audit-lines.ts';
import { isSamlParty, isSamlProvider, type PartyRegistry } from './parties/model.ts';
import type { Stores } from './sessions/ports.ts';
import { loadSigner, nodeName } from './app-parts.ts';
import type { Signer } from './saml/xml/index.ts';

/** What signs and what is published, for one state of the rings. */
export interface ServingKeys {
  readonly revision: number;
  /** A key was withdrawn: a feed that cannot be signed anew holds nothing else up. */
  readonly urgent: boolean;
  readonly signerFor: (service: string | null) => Signer;
  /** DER in base64; the current one first. */
  readonly certificates: readonly string[];
  readonly metadata: { readonly current: Signer; readonly next: Signer | null; readonly previous: Signer | null };
  readonly oidc: readonly KeyObject[];
  /** Towards the parties' IdPs: requests, and what they encrypt for us. */
  readonly upstream: { readonly signer: Signer; readonly signingCertificates: readonly string[]; readonly encryptionCertificates: readonly string[]; readonly decryptionKeys: readonly KeyObject[] };
}
/** Makes other parts follow; what it returns puts them in place, all at once. */
export type Follower = (keys: ServingKeys) => Promise<() => void>;
/** A request that reads what we publish. */
export interface Reading { readonly method: string; readonly url: string; readonly ip: string; readonly headers: { readonly 'user-agent'?: string | undefined } }
export interface Keys {
  readonly serving: () => ServingKeys;
  readonly follow: (follower: Follower) => void;
  readonly ringFile: string;
  readonly held: () => readonly HeldKey[];
  readonly make: (use: KeyUse) => string;
  /** As `KeyringPorts.serve` wants it. */
  readonly serve: (rings: Rings, urgent: boolean) => Promise<void>;
}

const DAY = 86_400_000;
const LIFE_DAYS = 5 * 365;
const roles = ['current', 'next', 'previous'] as const;
const folders = { 'saml-signing': 'saml-signing', 'metadata': 'metadata', 'upstream-signing': 'upstream-saml-signing', 'upstream-encryption': 'upstream-saml-encryption' } as const;
const upstreamUses = ['upstream-signing', 'upstream-encryption'] as const;
const isUpstream = (use: KeyUse): use is (typeof upstreamUses)[number] => upstreamUses.some((one) => one === use);
const UPSTREAM_BITS = 3072;
/** [RFC 7638] */
const thumbprint = (key: KeyObject): string => {
  const { kty, e, n, crv, x, y } = createPublicKey(key).export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify(kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y })).digest('base64url');
};

const ringFileOf = ({ state }: Configuration): string => join(state, 'keys', 'rings.json');
const addSelfSigned = (use: keyof typeof folders, key: KeyObject, { state, publicUrl }: Configuration): string => {
  const now = clock.now();
  const common = `${new URL(publicUrl).hostname} ${use} ${new Date(now).toISOString().slice(0, 10)}`;
  return addPair(join(state, 'keys', folders[use]), key, pemOf(selfSigned({ key, common, from: now - DAY, until: now + LIFE_DAYS * DAY, random })));
};
type Loaded = HeldKey & { readonly reference: KeyReference | null; readonly key: KeyObject | null };
const pairOf = (use: KeyUse, reference: KeyReference, role: HeldKey['role']): Loaded => {
  const certificate = new X509Certificate(readFileSync(reference.certificateFile));
  return { use, id: createHash('sha256').update(certificate.raw).digest('hex'), role, since: statSync(reference.certificateFile).mtimeMs, notAfter: certificate.validToDate.getTime(), subject: certificate.subject.replaceAll('\n', ', '), file: reference.certificateFile, reference, key: null };
};
const once = (keys: readonly Loaded[]): readonly Loaded[] => keys.filter(({ use, id }, index) => keys.findIndex((other) => other.use === use && other.id === id) === index);
/** Files of the configuration first; then what was made here. */
/** Until there is an order the oldest signs and all are published. */
const loadUpstream = ({ state }: Configuration): readonly Loaded[] => upstreamUses.flatMap((use) => pairsIn(join(state, 'keys', folders[use])).map((pair, index) => pairOf(use, { kind: 'file', ...pair }, index === 0 ? 'current' : 'next')));
const makeUpstream = (configuration: Configuration): void => {
  const held = new Set(loadUpstream(configuration).map(({ use }) => use));
  for (const use of upstreamUses) if (!held.has(use)) addSelfSigned(use, generateKeyPairSync('rsa', { modulusLength: UPSTREAM_BITS }).privateKey, configuration);
};
const loadSaml = ({ keys, state }: Configuration): readonly Loaded[] => {
  const made = (use: keyof typeof folders): readonly Loaded[] => pairsIn(join(state, 'keys', folders[use])).map((pair) => pairOf(use, { kind: 'file', ...pair }, 'made'));
  return once([
    ...keys.samlSigning.map((reference, index) => pairOf('saml-signing', reference, index === 0 ? 'current' : 'next')), ...made('saml-signing'),
    pairOf('metadata', keys.samlMetadata, 'current'), ...made('metadata'),
  ]);
};
const loadOidc = ({ keys }: Configuration): readonly Loaded[] =>
  oidcKeys(keys.oidc.directory).map(({ role, key, file }): Loaded => ({ use: key.asymmetricKeyType === 'ec' ? 'oidc-ec' : 'oidc-rsa', id: thumbprint(key), role, since: statSync(file).mtimeMs, notAfter: null, subject: null, file, reference: null, key }));
const loadHeld = (configuration: Configuration): readonly Loaded[] => [...loadSaml(configuration), ...loadOidc(configuration), ...loadUpstream(configuration)];

/** Certificates that are published now, for whoever watches their ends. */
export const publishedCertificates = (configuration: Configuration): readonly (readonly [what: string, file: string])[] => {
  const held = [...loadSaml(configuration), ...loadUpstream(configuration)];
  const rings = readRings(ringFileOf(configuration));
  return ([['saml-signing', 'SAML signing'], ['metadata', 'metadata signing'], ['upstream-signing', 'signing requests to IdPs'], ['upstream-encryption', 'encryption by IdPs']] as const).flatMap(([use, what]) => {
    const files = roles.flatMap((role) => ringOf(use, rings, held).keys.filter((key) => key.role === role).flatMap(({ id }) => held.filter((key) => key.use === use && key.id === id).map(({ file }) => [role, file] as const)));
    return files.map(([role, file], index) => [role === 'current' ? what : `${what}, ${role} ${String(index)}`, file] as const);
  });
};

/** Of the kind and size of the one that signs, so that a rollover changes nothing else. */
const keyLike = ({ certificateFile }: KeyReference): KeyObject => {
  const { publicKey } = new X509Certificate(readFileSync(certificateFile));
  const { modulusLength = 3072, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  return (namedCurve === undefined ? generateKeyPairSync('rsa', { modulusLength }) : generateKeyPairSync('ec', { namedCurve })).privateKey;
};
const makeKey = (use: KeyUse, configuration: Configuration): string => {
  const { keys } = configuration;
  if (use === 'oidc-rsa' || use === 'oidc-ec') return makeOidcKey(keys.oidc.directory, use === 'oidc-ec' ? 'ec' : 'rsa');
  if (isUpstream(use)) return addSelfSigned(use, generateKeyPairSync('rsa', { modulusLength: UPSTREAM_BITS }).privateKey, configuration);
  const like = use === 'metadata' ? keys.samlMetadata : (keys.samlSigning[0] ?? fail('config.invalid', 'no SAML signing key'));
  if (like.kind === 'pkcs11') return fail('command.usage', 'the key lies in a hardware token: make the next one there with its tools and write it behind the others under keys.samlSigning');
  return addSelfSigned(use, keyLike(like), configuration);
};

export const openKeys = async (configuration: Configuration, log: Log): Promise<Keys> => {
  makeUpstream(configuration);
  const signers = new Map<string, Signer>();
  const followers: Follower[] = [];
  let cached: { readonly at: number; readonly held: readonly Loaded[] } | null = null;
  const held = (): readonly Loaded[] => {
    const now = clock.now();
    if (cached === null || now - cached.at > 1000) cached = { at: now, held: loadHeld(configuration) };
    return cached.held;
  };
  const signerOf = async ({ id, reference }: Loaded): Promise<Signer> => {
    const signer = signers.get(id) ?? (reference === null ? fail('internal', 'no key for SAML') : await loadSigner(reference));
    signers.set(id, signer);
    return signer;
  };
  /** Of one use, by role; the one that signs must be there, the others are missed aloud. */
  const published = (use: KeyUse, rings: Rings): readonly (Loaded & { readonly now: (typeof roles)[number] })[] => roles.flatMap((role) => ringOf(use, rings, held()).keys.filter((key) => key.role === role).flatMap(({ id }) => {
    const found = held().find((key) => key.use === use && key.id === id);
    if (found !== undefined) return [{ ...found, now: role }];
    if (role === 'current') return fail('key.invalid', `the ${use} key that signs, ${id.slice(0, 16)}, is not on this node: copy its files here (docs/operations/keys.md)`);
    log.error({ use, key: id.slice(0, 16), role }, 'a published key is not on this node and is left out here');
    return [];
  }));
  const resolve = async (rings: Rings, urgent = false): Promise<ServingKeys> => {
    const saml = published('saml-signing', rings);
    const metadata = published('metadata', rings);
    const pairs = await Promise.all(saml.map(async (one) => [one.id, await signerOf(one)] as const));
    const byId = new Map(pairs);
    const ring = ringOf('saml-signing', rings, held());
    const current = byId.get(signsFor(ring, null).id) ?? fail('key.invalid', 'no SAML signing key');
    const upstream = async (): Promise<ServingKeys['upstream']> => {
      const [signing, encryption] = [published('upstream-signing', rings), published('upstream-encryption', rings)];
      const offered = encryption.filter(({ now }) => now !== 'previous');
      const certificatesOf = async (keys: readonly Loaded[]): Promise<readonly string[]> => (await Promise.all(keys.map(signerOf))).map(({ certificate }) => certificate);
      return {
        signer: await signerOf(signing[0] ?? fail('key.invalid', 'no key for requests to IdPs')), signingCertificates: await certificatesOf(signing), encryptionCertificates: await certificatesOf(offered),
        decryptionKeys: encryption.map(({ reference }) => createPrivateKey(readFileSync(reference?.kind === 'file' ? reference.keyFile : fail('internal', 'decryption keys are files')))),
      };
    };
    const inRole = async (role: (typeof roles)[number]): Promise<Signer | null> => {
      const one = metadata.findLast(({ now }) => now === role);
      return one === undefined ? null : signerOf(one);
    };
    return {
      revision: rings.revision, urgent, certificates: pairs.map(([, signer]) => signer.certificate),
      signerFor: (service) => byId.get(signsFor(ring, service).id) ?? current,
      metadata: { current: (await inRole('current')) ?? fail('key.invalid', 'no metadata key'), next: await inRole('next'), previous: await inRole('previous') },
      upstream: await upstream(),
      oidc: roles.flatMap((role) => [...published('oidc-rsa', rings), ...published('oidc-ec', rings)].flatMap(({ now, key }) => (now === role && key !== null ? [key] : []))),
    };
  };
  const ringFile = ringFileOf(configuration);
  let serving = await resolve(readRings(ringFile));
  return {
    ringFile, held, serving: () => serving,
    follow: (follower) => void followers.push(follower),
    make: (use) => {
      const file = makeKey(use, configuration);
      cached = null;
      return file;
    },
    serve: async (rings, urgent) => {
      cached = null;
      const wanted = await resolve(rings, urgent);
      const ready = await Promise.all(followers.map((follower) => follower(wanted)));
      serving = wanted;
      for (const put of ready) put();
    },
  };
};

export interface KeyringMade { readonly configuration: Configuration; readonly log: Log; readonly stores: Pick<Stores, 'shared' | 'replay'>; readonly registry: PartyRegistry; readonly audit: AuditTrail }
const CLAIM_SECONDS = 600;
export const openKeyring = (keys: Keys, { configuration, log, stores, registry, audit }: KeyringMade): Keyring => createKeyring({
  clock, log, node: nodeName(configuration.state), file: keys.ringFile, held: keys.held, make: keys.make, serve: keys.serve, shared: stores.shared,
  claim: async (revision) => (await stores.replay.claim('key-rings', String(revision), '1', CLAIM_SECONDS)) === undefined,
  readers: () => {
    const { services, identityProviders, parties } = registry.current();
    const stands = ({ enabled, party }: { readonly enabled: boolean; readonly party: PartyId }): boolean => enabled && parties.get(party)?.enabled === true;
    return [
      ...[...services.values()].filter(stands).map((service): KeyReader => ({ id: service.id, party: service.party, federation: service.federation.id, kind: isSamlParty(service) ? 'saml' : 'oidc' })),
      ...[...identityProviders.values()].filter(stands).filter(isSamlProvider).map(({ id, party }): KeyReader => ({ id, party, federation: null, kind: 'idp' })),
    ];
  },
  echoSeconds: configuration.session.absoluteSeconds,
  record: ({ by, use, step, key, services, past }) => audit.record(lineOf('key.step', { facts: { by, use, step, key, services: [...services], past: [...past] } })),
});
/** HEAD gives nobody a key. */
export const fetchedBy = (keys: Keys, keyring: Keyring, registry: PartyRegistry) => (what: Fetched, request: Reading): void => {
  if (request.method === 'GET') keyring.book.note(consumerOf(request, registry.current()), what, productOf(request.headers['user-agent']), keys.serving().revision);
};

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const useOf = (value: unknown): KeyUse => keyUses.find((use) => use === value) ?? fail('command.usage', `a use is one of ${keyUses.join(', ')}`);
/** Orders of the command line. */
export const keyActions = (keyring: Keyring, others: () => readonly OtherCertificate[]): ControlActions => {
  const view = () => keysView(keyring, others());
  return new Map<string, (input: Readonly<Record<string, unknown>>) => Promise<unknown>>([
    ['keys', async () => { await keyring.exchange(); return view(); }],
    ['keys-new', async ({ use, by }) => ({ file: await keyring.add(useOf(use), text(by) ?? 'unknown'), ...(await view()) })],
    ['keys-told', async ({ use, who, by }) => { await keyring.tell(useOf(use), text(who) ?? '', text(by) ?? 'unknown'); return view(); }],
    ['keys-step', async ({ use, step, services, key, by, anyway }) => {
      const wanted = text(step) ?? '';
      await keyring.order({
        use: useOf(use), step: isStep(wanted) ? wanted : fail('command.usage', 'a step is one of announce, switch, retire, back, withdraw'), services: Array.isArray(services) ? services.filter((one) => typeof one === 'string') : [],
        key: text(key), by: text(by) ?? 'unknown', anyway: anyway === true,
      });
      return view();
    }],
  ]);
};
