/**
 * Writes the demo's root: the shipped configuration with the demo's ports and parts, the 50 parties as they are, and the demo
 * applications' metadata. What lies there afterwards is an ordinary root; only the key `demo` keeps `serve` from taking it.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

export interface DemoPorts { readonly public: number; readonly card: number; readonly applications: readonly number[]; readonly reader: number; readonly revocation: number; readonly management: number; /** The simulated phones. */ readonly phone?: number; /** Municipalities' own IdPs. */ readonly cities?: readonly number[] }
export const portsFrom = (base: number): DemoPorts => ({ public: base, card: base + 1, applications: [base + 2, base + 3, base + 9, base + 8, base + 11], reader: base + 4, phone: base + 5, cities: [base + 10, base + 12], revocation: base + 6, management: base + 7 });

export interface DemoRoot {
  /** The installed product: where config/ and certs-dev/ lie. */
  readonly product: string;
  readonly root: string;
  readonly state: string;
  readonly ports: DemoPorts;
}
export const demoUrls = (ports: DemoPorts) => ({
  base: `https://localhost:${ports.public}`,
  card: `https://localhost:${ports.card}`,
  reader: `https://127.0.0.1:${ports.reader}`,
  phone: `https://127.0.0.1:${ports.phone ?? 0}`,
  city: (index: number): string => `https://127.0.0.1:${ports.cities?.[index] ?? 0}`,
  application: (index: number): string => `https://127.0.0.1:${ports.applications[index] ?? 0}`,
});
const SHIPPED_REVOCATION = 'http://127.0.0.1:8449';

const edit = (path: string, change: (document: ReturnType<typeof parseDocument>) => void): void => {
  const document = parseDocument(readFileSync(path, 'utf8'));
  change(document);
  writeFileSync(path, String(document));
};

/** Made anew at every start, but for services that somebody put beside the demo's own. */
export const writeDemoRoot = ({ product, root, state, ports }: DemoRoot): void => {
  const urls = demoUrls(ports);
  mkdirSync(join(root, 'metadata', 'services'), { recursive: true });
  rmSync(join(root, 'config'), { recursive: true, force: true });
  cpSync(join(product, 'config'), join(root, 'config'), { recursive: true });
  if (!existsSync(join(root, 'certs-dev'))) symlinkSync(join(product, 'certs-dev'), join(root, 'certs-dev'));
  mkdirSync(state, { recursive: true, mode: 0o700 });
  edit(join(root, 'config', 'broker.yaml'), (broker) => {
    const tls = (): object => ({ certificateFile: 'certs-dev/tls/demo.crt.pem', keyFile: 'certs-dev/tls/demo.key.pem' });
    broker.set('publicUrl', urls.base);
    broker.set('entityId', `${urls.base}/saml/metadata`);
    broker.set('listeners', broker.createNode({
      public: { address: '127.0.0.1', port: ports.public, tls: tls() },
      card: { hosts: ['localhost'], address: '127.0.0.1', port: ports.card, tls: tls() },
      proxy: { hosts: ['localhost'], socket: join(state, 'card-proxy.sock'), form: 'rfc9440', secretFiles: [join(state, 'proxy-secret')] },
      management: { address: '127.0.0.1', port: ports.management },
    }));
    broker.set('outbound', broker.createNode({ authorityFile: 'certs-dev/tls/ca.crt.pem' }));
    broker.setIn(['log', 'level'], 'warn');
    broker.set('demo', broker.createNode({ cardReader: urls.reader }));
  });
  edit(join(root, 'config', 'methods.yaml'), (methods) => {
    methods.setIn(['methods', 0, 'cardUrl'], urls.card);
    methods.setIn(['methods', 0, 'freshHostNames'], false);
  });
  const issuers = join(root, 'config', 'issuers.yaml');
  writeFileSync(issuers, readFileSync(issuers, 'utf8').replaceAll(SHIPPED_REVOCATION, `http://127.0.0.1:${ports.revocation}`));
};
