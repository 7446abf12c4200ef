/** config/broker.yaml: who we are, where we listen, which keys and stores we use. */
import { z } from 'zod';
import { emailAddress, filePath, hostPattern, ipAddress, line, localised, network, origin, port, rule, seconds, supportContact, telephone, webAddress } from '../../core/schema-parts.ts';

export const environments = ['test', 'acceptance', 'production'] as const;

const tls = z.strictObject({
  certificateFile: filePath.meta({ description: 'PEM: certificate, then intermediates', examples: ['tls/public.crt.pem'] }),
  keyFile: filePath.meta({ description: 'PEM of its private key', examples: ['tls/public.key.pem'] }),
});
const address = ipAddress.default('127.0.0.1').meta({ description: 'IP address to listen on', examples: ['0.0.0.0'] });

const publicListener = rule(
  z.strictObject({
    address, port,
    tls: tls.optional().meta({ description: 'left out when a proxy in front terminates TLS: then write `behindProxy: true`' }),
    behindProxy: z.boolean().default(false).meta({ description: 'plain HTTP, for a terminating proxy on this machine' }),
  }),
  (listener) => (listener.tls !== undefined) !== listener.behindProxy,
  'needs either tls or behindProxy: true',
  'write tls.certificateFile and tls.keyFile, or behindProxy: true',
);
const cardListener = z.strictObject({
  hosts: z.array(hostPattern).min(1).meta({ description: 'names that it answers to; `*.card.example.se` adds fresh names below one wildcard certificate', examples: [['card.example.se']] }),
  address, port,
  tls: tls.meta({ description: 'its own certificate, not valid for the main host' }),
});
const proxyListener = rule(
  z.strictObject({
    hosts: z.array(hostPattern).min(1).meta({ description: 'names that the proxy serves for it', examples: [['card.example.se']] }),
    socket: filePath.optional().meta({ description: 'Unix socket to listen on, for its owner alone; or `address` and `port`', examples: ['/run/bryggan/card.sock'] }),
    socketGroup: z.int().min(0).optional().meta({ description: 'number of the group whose members may connect to the socket too: the proxy’s (`id -g www-data`)', examples: [33] }),
    address: ipAddress.optional(),
    port: port.optional(),
    form: z.enum(['rfc9440', 'escaped-pem']).default('rfc9440').meta({ description: 'how the proxy hands over the certificate: `Client-Cert` of RFC 9440, or nginx’s escaped PEM' }),
    secretFiles: z.array(filePath).min(1).max(2).meta({ description: 'files with the shared secret, at least 32 characters; two while it is being changed', examples: [['/etc/bryggan/proxy-secret']] }),
    mutualTls: tls
      .extend({
        authorityFiles: z.array(filePath).min(1).meta({ description: 'PEM of the CAs, root included, that issue the proxies’ certificates' }),
        fingerprints: z.array(rule(z.string(), (value) => /^[0-9a-fA-F]{64}$/.test(value.replaceAll(':', '')), 'is not a SHA-256 fingerprint', 'write 64 hexadecimal digits')).min(1).meta({ description: 'SHA-256 of the proxies’ certificates' }),
      })
      .optional()
      .meta({ description: 'for a proxy on another machine' }),
  }),
  (listener) => (listener.socket !== undefined) !== (listener.port !== undefined),
  'needs either socket or port',
  'write socket for a proxy on this machine, else address and port with mutualTls',
);

const machineListener = z.strictObject({
  url: origin.meta({ description: 'its own origin, published as `mtls_endpoint_aliases`: another host name than the public one', examples: ['https://machine.login.example.se'] }),
  address, port,
  tls,
  issuers: z.array(line()).default([]).meta({ description: 'rows of config/issuers.yaml whose certificates prove a client for `tls_client_auth`; default: every enabled function CA', examples: [['siths-function']] }),
});

const keyPair = rule(
  z.strictObject({
    certificateFile: filePath.meta({ description: 'PEM of the certificate that is published', examples: ['keys/saml-signing.crt.pem'] }),
    keyFile: filePath.optional().meta({ description: 'PEM of the private key; in production readable by the service’s user alone', examples: ['keys/saml-signing.key.pem'] }),
    pkcs11: z
      .strictObject({
        module: filePath.meta({ description: 'library of the token', examples: ['/usr/lib/softhsm/libsofthsm2.so'] }),
        token: line().meta({ description: 'label of the token' }),
        label: line().meta({ description: 'label of the key' }),
        pinFile: filePath.meta({ description: 'file with the PIN' }),
      })
      .optional()
      .meta({ description: 'instead of `keyFile`: the key lies in a hardware token' }),
  }),
  (pair) => (pair.keyFile !== undefined) !== (pair.pkcs11 !== undefined),
  'needs either keyFile or pkcs11',
  'write where the private key lies',
);
const keys = z.strictObject({
  samlSigning: z.array(keyPair).min(1).max(3).meta({ description: 'the first signs; all are published, so that a next key is known before it is used' }),
  samlMetadata: keyPair.meta({ description: 'signs metadata; another key than the one for answers' }),
  audit: z.strictObject({ keyFile: filePath }).optional().meta({ description: 'signs checkpoints of the audit trail; default: made in the state directory' }),
  sealing: z.strictObject({ directory: filePath }).optional().meta({ description: 'keys that seal stored values; default: made in the state directory. Several nodes on one store need the same ones' }),
  oidc: z.strictObject({ directory: filePath }).optional().meta({ description: 'keys that sign for OpenID Connect, `<number>.rsa.pem` and `<number>.ec.pem`; default: made in the state directory. Several nodes need the same ones' }),
  pseudonyms: z.strictObject({ secretFile: filePath }).optional().meta({ description: 'secret behind pseudonymous subjects: a new one makes every user new to every service; default: made in the state directory' }),
});

const isStoreUrl = (schemes: readonly string[]) => (value: string): boolean => {
  const url = URL.parse(value);
  return url !== null && schemes.includes(url.protocol) && url.username === '' && url.password === '' && url.search === '';
};
const redisUrl = rule(z.string(), isStoreUrl(['redis:', 'rediss:', 'unix:']), 'is not redis://, rediss:// or unix:// without credentials', 'write the address here, username beside it and the password in passwordFile').meta({ examples: ['rediss://redis.example.se:6380/0'] });
const redisNode = rule(z.string(), isStoreUrl(['redis:', 'rediss:']), 'is not redis:// or rediss:// without credentials', 'write rediss://host:port').meta({ examples: ['rediss://redis-1.example.se:6380'] });
const redisStore = rule(
  z.strictObject({
    kind: z.literal('redis'),
    url: redisUrl.optional().meta({ description: 'one server; default: the environment variable REDIS_URL, outside production' }),
    sentinel: z.strictObject({ name: line().meta({ description: 'name of the group' }), nodes: z.array(redisNode).min(1) }).optional(),
    cluster: z.strictObject({ nodes: z.array(redisNode).min(1) }).optional(),
    username: line().optional().meta({ description: 'ACL user' }),
    passwordFile: filePath.optional(),
    tls: z.strictObject({ authorityFile: filePath.optional(), certificateFile: filePath.optional(), keyFile: filePath.optional(), serverName: z.string().optional() }).optional().meta({ description: 'for rediss://: own CA, client certificate' }),
    keyPrefix: rule(z.string(), (value) => /^[a-z0-9-]{1,20}$/.test(value), 'is not a short prefix', 'use lower-case letters, digits and hyphens').default('bryggan'),
  }),
  ({ url, sentinel, cluster }) => [url, sentinel, cluster].filter((one) => one !== undefined).length <= 1,
  'names more than one of url, sentinel and cluster',
  'keep one of them',
);
const store = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sqlite'), file: filePath.optional().meta({ description: 'default: in the state directory' }) }),
  redisStore,
]);

const operator = z.strictObject({
  names: localised.meta({ description: 'registered name, as in agreements' }),
  displayNames: localised.meta({ description: 'name shown to people' }),
  urls: z.strictObject({ sv: webAddress, en: webAddress }),
  contacts: z
    .array(z.strictObject({ kind: z.enum(['technical', 'support', 'administrative', 'security']), name: line(), email: emailAddress, phone: telephone.optional() }))
    .min(1)
    .meta({ description: 'published in our metadata' }),
  support: supportContact.meta({ description: 'shown where no party is known' }),
});

export const brokerSchema = z.strictObject({
  environment: z.enum(environments).meta({ description: 'which CAs, id formats and feeds are trusted; a banner stands on every page outside production. Hardening is another switch: NODE_ENV=production' }),
  publicUrl: origin.meta({ description: 'where browsers reach us', examples: ['https://idp.example.se'] }),
  entityId: rule(webAddress, (value) => value.length <= 256, 'is longer than 256 characters', 'choose a shorter one').meta({ description: 'our SAML entityID: for ever, and not tied to a host that may move', examples: ['https://idp.example.se/saml/metadata'] }),
  upstreamSaml: z.strictObject({ entityId: rule(webAddress, (value) => value.length <= 256, 'is longer than 256 characters', 'choose a shorter one').optional().meta({ description: 'default: <publicUrl>/upstream/saml/metadata' }) }).prefault({}).meta({ description: 'we as a service of the parties’ own IdPs' }),
  serviceName: localised.meta({ description: 'what this login service is called', examples: [{ sv: 'Inloggning', en: 'Login' }] }),
  operator,
  listeners: z.strictObject({
    public: publicListener,
    card: cardListener.optional().meta({ description: 'asks for client certificates; own host name and own address or port' }),
    proxy: proxyListener.optional().meta({ description: 'behind a proxy that asks for client certificates: the only place where a forwarded certificate is believed' }),
    machine: machineListener.optional().meta({ description: 'for clients that prove themselves by a certificate [RFC 8705]: token, pushed request, userinfo, introspection and revocation endpoints' }),
    management: z.strictObject({ address, port }).prefault({ port: 9443 }).meta({ description: 'health and metrics' }),
  }),
  keys,
  store: store.optional().meta({ description: 'default: Redis at REDIS_URL where that is set, else SQLite in the state directory; production names it here' }),
  session: z
    .strictObject({
      idleSeconds: seconds.min(60).default(3600).meta({ description: 'a session ends when unused for so long' }),
      absoluteSeconds: seconds.min(60).default(28_800).meta({ description: 'and in any case so long after its login' }),
    })
    .prefault({}),
  login: z
    .strictObject({
      transactionSeconds: seconds.min(60).max(3600).default(900).meta({ description: 'how long a login may take' }),
      startsPerMinute: z.int().min(1).default(120).meta({ description: 'new logins per address and minute, outside the listed networks' }),
      requestsPerService: z.int().min(1).default(12_000).meta({ description: 'requests of one service that a node takes in a minute: one that floods us leaves the others their share' }),
      silentAnswers: z.int().min(5).default(60).meta({ description: 'answers to one service in a minute from one session without anybody doing anything; then the person is told that the service sends them in circles' }),
    })
    .prefault({}),
  clockSkewSeconds: seconds.max(300).default(60).meta({ description: 'allowed between a peer’s clock and ours, where its federation says nothing else' }),
  trustedProxies: z.array(rule(z.string(), (value) => ipAddress.safeParse(value).success || network.safeParse(value).success, 'is neither an IP address nor a network', 'write 10.0.0.5 or 10.0.0.0/28')).default([]).meta({ description: 'proxies whose X-Forwarded-For is believed', examples: [['10.0.0.5']] }),
  networks: z.array(network).default([]).meta({ description: 'our own networks exempt from limits per address' }),
  outbound: z.strictObject({ allowedNetworks: z.array(network).default([]).meta({ description: 'private networks that our own calls (revocation lists, logout) may reach; public addresses always may', examples: [['10.20.0.0/16']] }), authorityFile: filePath.optional().meta({ description: 'PEM of authorities beside the system’s, for services and clients whose TLS certificates come from a private one' }) }).prefault({}),
  audit: z
    .strictObject({
      directory: filePath.optional().meta({ description: 'default: in the state directory' }),
      retentionDays: z.int().min(1).default(1830).meta({ description: 'whole days older than this are deleted, their checkpoints kept' }),
      minFreeMegabytes: z.int().min(1).default(500).meta({ description: 'below this an alarm is raised; no audit, no login' }),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
  tracing: z.strictObject({
    endpoint: webAddress.meta({ description: 'OTLP over HTTP', examples: ['http://127.0.0.1:4318/v1/traces'] }),
    ratio: z.number().min(0).max(1).default(0.1).meta({ description: 'share of requests that are traced; a caller’s own decision goes first' }),
  }).optional().meta({ description: 'traces by OpenTelemetry; without it none are made' }),
  drainSeconds: z.int().min(0).max(60).default(0).meta({ description: 'time between saying “not ready” and closing the ports at a stop: longer than a balancer needs to notice' }),
  reload: z.enum(['auto', 'review']).default('auto').meta({ description: 'changed files of parties and services: `auto` takes what validates, `review` takes what is of low risk and holds the rest until `apply`' }),
  secondPerson: z.boolean().default(false).meta({ description: 'true: risky changes of parties and services are applied when a second person orders it too' }),
  lookAlikes: z.array(z.tuple([z.string(), z.string()])).default([]).meta({ description: 'pairs of entityIDs that look alike, have different owners and are approved' }),
  demo: z.strictObject({ cardReader: webAddress.optional() }).optional().meta({ description: 'parts of the demo; `serve` refuses to start with it' }),
});
export type BrokerFile = z.output<typeof brokerSchema>;
export type KeyPairFile = z.output<typeof keyPair>;
export type StoreFile = z.output<typeof store>;
