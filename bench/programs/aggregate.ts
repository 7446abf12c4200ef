/** One way to verify one aggregate, in a process of its own: prints seconds, CPU, peak and, for ours, the longest that the event loop was held up. */
import { createHash, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { silentLog, systemClock, systemRandom } from '../../src/core/ports.ts';
import { openSources } from '../../src/federation/sources/sources.ts';
import { verifyAggregate } from '../../src/saml/xml/index.ts';

/** A whole refresh: the document is put in its place (the network is left out), verified and kept, and fifty files of ours get their entities from it. */
const refreshSource = async (path: string, keyFile: string): Promise<number> => {
  const sources = openSources({
    sources: [{ id: 'feed', kind: 'aggregate', url: 'https://feed.example/all.xml', keys: [createPublicKey(readFileSync(keyFile))], unsigned: false, everySeconds: 3600, longestValiditySeconds: 10 * 365 * 86_400, largestMegabytes: 300, parties: null, filters: { registrationAuthorities: [], entityCategories: [], assuranceCertifications: [] } }],
    clock: systemClock, random: systemRandom, log: silentLog, directory: mkdtempSync(join(dirname(path), 'source-')), // The certificates of the benchmark's entities are of the right size and nothing else.
    check: () => undefined,
    download: async (_url, _headers, to) => { await copyFile(path, to); return { status: 'written', etag: null, lastModified: null }; },
  });
  const [status] = await sources.refresh(null);
  const supplied = await sources.supply(Array.from({ length: 50 }, (_none, at) => ({ key: `metadata/services/ale/s${String(at)}`, party: 'ale', role: 'service', source: 'feed', entityId: `https://sp${String(at * 100)}.kommun.example/saml` })));
  if (supplied.size !== 50) throw new Error(`${JSON.stringify(status)} supplied ${String(supplied.size)}`);
  return status?.entities ?? 0;
};

const [how = '', path = '', keyFile = ''] = process.argv.slice(2);
const begun = performance.now();
const extra: { lagMs?: number; loopCpuMs?: number; entries?: number } = {};
if (how === 'bryggan' || how === 'source') {
  const TICK = 5;
  let last = performance.now();
  let lagMs = 0;
  // The same in CPU of this thread alone: on a machine that is busy with other things, the clock counts those too.
  let cpu = process.threadCpuUsage();
  let loopCpuMs = 0;
  const watch = setInterval(() => { const now = performance.now(); lagMs = Math.max(lagMs, now - last - TICK); last = now; const { user, system } = process.threadCpuUsage(cpu); loopCpuMs = Math.max(loopCpuMs, (user + system) / 1000); cpu = process.threadCpuUsage(); }, TICK);
  const entries = how === 'source' ? await refreshSource(path, keyFile) : (await verifyAggregate(path, [createPublicKey(readFileSync(keyFile))], { now: Date.now() })).entries.length;
  clearInterval(watch);
  Object.assign(extra, { lagMs, loopCpuMs, entries });
} else if (how === 'libxml2-wasm') {
  const { ParseOption, XmlC14NMode, XmlDocument } = await import('libxml2-wasm');
  const document = XmlDocument.fromBuffer(readFileSync(path), { option: ParseOption.XML_PARSE_HUGE });
  document.get('/*/ds:Signature', { ds: 'http://www.w3.org/2000/09/xmldsig#' })?.remove();
  const hash = createHash('sha256');
  document.canonicalize({ write: (chunk: Uint8Array) => { hash.update(chunk); return chunk.byteLength; }, close: () => true }, { mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 });
  if (!readFileSync(path, 'latin1').slice(0, 10_000).includes(hash.digest('base64'))) throw new Error('another digest');
} else {
  const { SignedXml } = await import('xml-crypto');
  const xml = readFileSync(path, 'utf8');
  const verifier = new SignedXml({ publicCert: readFileSync(keyFile, 'utf8') });
  verifier.loadSignature((/<ds:Signature>[^]*?<\/ds:Signature>/.exec(xml)?.[0] ?? '').replace('<ds:Signature>', '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'));
  if (!verifier.checkSignature(xml)) throw new Error('xml-crypto refuses');
}
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ seconds: (performance.now() - begun) / 1000, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMb: maxRSS / 1024, ...extra }));
