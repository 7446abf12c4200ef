/** The phone's way in: for every mobile method the client of its service, over mutual TLS. Used by app.ts alone. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { createBankId } from './authenticators/mobile-eid/clients/bankid.ts';
import { checkBankIdSignature } from './authenticators/mobile-eid/clients/bankid-signature.ts';
import { createFreja } from './authenticators/mobile-eid/clients/freja.ts';
import { createJsonService } from './authenticators/mobile-eid/clients/json-service.ts';
import { createNetIdAccess } from './authenticators/mobile-eid/clients/net-id-access.ts';
import { createPhoneMethod, type PhoneMethodPorts } from './authenticators/mobile-eid/method.ts';
import type { MobileClient } from './authenticators/mobile-eid/model.ts';
import type { Configuration, MobileSettings } from './config/model.ts';
import { bankIdSchema } from './config/schema/methods.ts';
import { fail } from './core/errors.ts';
import { createMutualClient, type MutualClient } from './http/mutual.ts';
import type { AuthenticationMethod } from './login/ports.ts';
import { checkPhoneSignature } from './pki/index.ts';

/** An answer with a certificate, its OCSP answer and a signature. */
const MAX_ANSWER = 300_000;

const read = (id: string, path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return fail('config.invalid', `config/methods.yaml: ${id}: ${path} cannot be read`);
  }
};
/** Files that TLS cannot use are found at start, not at the first login. */
const serviceOf = (settings: MobileSettings): MutualClient => {
  const [ca, certificate, key] = [settings.authorityFile, settings.certificateFile, settings.keyFile].map((path) => read(settings.id, path)) as [string, string, string];
  try {
    createSecureContext({ ca, cert: certificate, key });
  } catch {
    return fail('config.invalid', `config/methods.yaml: ${settings.id}: authorities, certificate and key cannot be used for TLS`);
  }
  return createMutualClient({ ca, certificate, key, milliseconds: settings.timeoutMilliseconds, bytes: MAX_ANSWER, code: 'mobile.unavailable' });
};

/** Refusals come with these beside a body that says why. */
const JSON_STATUSES: readonly number[] = [200, 400, 401, 403, 404, 408, 409, 422, 429, 500];

const bankIdOf = ({ bankid }: MobileSettings) => bankid ?? bankIdSchema.parse({});
const clientOf = (settings: MobileSettings, issuerNames: readonly string[], service: MutualClient): MobileClient => {
  const pace = { url: settings.url, pollMilliseconds: settings.pollSeconds * 1000, lifetimeSeconds: settings.lifetimeSeconds };
  const json = (url: string, body: string) => service.post(url, body, { 'content-type': 'application/json', 'accept': 'application/json' }, JSON_STATUSES);
  if (settings.wire !== undefined) return createJsonService({ ...pace, wire: settings.wire, issuerNames, post: json });
  if (settings.service === 'bankid') return createBankId({ ...pace, policies: bankIdOf(settings).policies, ocsp: bankIdOf(settings).ocsp === 'required', post: json });
  if (settings.service === 'freja') {
    const { keyFiles, registration, ...names } = settings.freja ?? fail('config.invalid', `config/methods.yaml: ${settings.id}: freja is missing`);
    const keys = keyFiles.map((file) => new X509Certificate(read(settings.id, file)).publicKey);
    return createFreja({ ...pace, names, registration, keys, post: (url, body) => service.post(url, body, { 'content-type': 'application/x-www-form-urlencoded', 'accept': 'application/json' }, JSON_STATUSES) });
  }
  return createNetIdAccess({
    ...pace, startsByPicture: settings.startsByPicture,
    // Faults come with a 500.
    post: async (url, body, action) => (await service.post(url, body, { 'content-type': 'text/xml; charset=utf-8', 'soapaction': `"${action}"` }, [200, 500])).bytes,
  });
};

export interface PhoneMethods { readonly methods: readonly AuthenticationMethod[]; close(): void }
export const openPhones = (configuration: Pick<Configuration, 'methods' | 'environment'>, ports: Omit<PhoneMethodPorts, 'checkSignature'>): PhoneMethods => {
  const opened = configuration.methods.flatMap((settings) => (settings.kind === 'mobile' ? [{ settings, service: serviceOf(settings) }] : []));
  return {
    methods: opened.map(({ settings, service }) => createPhoneMethod(
      { id: settings.id, stated: settings.service === 'freja', names: settings.names, issuers: settings.issuers, addresses: settings.addresses, highestLevel: settings.highestLevel, hsaIdFormat: configuration.environment === 'production' ? 'production' : 'tolerant' },
      clientOf(settings, ports.trust.issuers.filter(({ row }) => settings.issuers.includes(row.id)).map(({ row }) => row.name), service), { ...ports, ...(settings.signature === 'required' ? { checkSignature: settings.service === 'bankid' ? checkBankIdSignature(bankIdOf(settings), () => ports.clock.now()) : checkPhoneSignature } : {}) },
    )),
    close: () => { for (const { service } of opened) service.close(); },
  };
};
