/** A browser reduced to what a test login needs: our own pages, cookies, one client certificate. Used by app-tools.ts for `service test`. */
import { existsSync, readFileSync } from 'node:fs';
import { lookup } from 'node:dns';
import { request, type RequestOptions } from 'node:https';
import type { WalkEnd, WalkOptions } from './admin/walk.ts';
import { fail } from './core/errors.ts';

const MAX_PAGES = 25;
const WAIT_MILLISECONDS = 30_000;
interface Cookie { readonly host: string; readonly path: string; readonly name: string; readonly value: string }
interface Page { readonly url: URL; readonly status: number; readonly location: string | null; readonly body: string }
interface Form { readonly action: URL; readonly method: string; readonly fields: URLSearchParams }

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
const plain = (text: string): string => text.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(amp|lt|gt|quot));/gi, (_, decimal: string | undefined, hex: string | undefined, name: string | undefined) =>
  (name === undefined ? String.fromCodePoint(Number(decimal ?? `0x${hex ?? '20'}`)) : (entities[name.toLowerCase()] ?? '')));
const attribute = (tag: string, name: string): string | undefined => {
  const found = new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(tag);
  return found === null ? undefined : plain(found[1] ?? found[2] ?? found[3] ?? '');
};
/** The first form of a page of ours, as if its first button were pressed. */
const formOn = ({ body, url }: Page): Form | null => {
  const [, tag = '', inside = ''] = /(<form\b[^>]*>)([^]*?)<\/form>/i.exec(body.replace(/<header\b[^]*?<\/header>/gi, '')) ?? [];
  if (tag === '') return null;
  const fields = new URLSearchParams();
  for (const [input] of inside.matchAll(/<input\b[^>]*>/gi)) if (attribute(input, 'name') !== undefined && attribute(input, 'type') === 'hidden') fields.set(attribute(input, 'name') ?? '', attribute(input, 'value') ?? '');
  const [button] = [...inside.matchAll(/<button\b[^>]*>/gi)].map(([one]) => one).filter((one) => attribute(one, 'type') !== 'button');
  const name = button === undefined ? undefined : attribute(button, 'name');
  if (button !== undefined && name !== undefined) fields.set(name, attribute(button, 'value') ?? '');
  return { action: new URL(attribute(tag, 'action') ?? '', url), method: (attribute(tag, 'method') ?? 'get').toLowerCase(), fields };
};
/** Names below .localhost are this machine [RFC 6761 §6.3]. */
const find: NonNullable<RequestOptions['lookup']> = (host, options, done) => (host.endsWith('.localhost') ? lookup('127.0.0.1', options, done) : lookup(host, options, done));

const contentOf = (file: string): Buffer => (existsSync(file) ? readFileSync(file) : fail('command.usage', `${file} is not there`));
const isOurs = ({ hostname }: URL, ours: readonly string[]): boolean => ours.some((name) => (name.startsWith('.') ? hostname.endsWith(name) : hostname === name));

/** Goes on until an answer for the service stands on the page, an address that is not ours comes, or nothing leads on. Asks nobody but `ours`. */
export const walkLogin = async (start: string, { ours, card, ca }: WalkOptions): Promise<WalkEnd> => {
  const jar: Cookie[] = [];
  const files = card === null ? {} : { cert: contentOf(card.certificateFile), key: contentOf(card.keyFile) };
  const authority = ca === null ? {} : { ca: contentOf(ca) };
  const open = (url: URL, body: string | null, from: URL | null): Promise<Page> => new Promise((done, failed) => {
    const cookies = jar.filter(({ host, path }) => host === url.hostname && url.pathname.startsWith(path)).map(({ name, value }) => `${name}=${value}`).join('; ');
    const site = from === null ? 'none' : from.origin === url.origin ? 'same-origin' : 'cross-site';
    const outgoing = request(url, {
      method: body === null ? 'GET' : 'POST', lookup: find, timeout: WAIT_MILLISECONDS, agent: false, ...files, ...authority,
      headers: { 'accept': 'text/html', 'accept-language': 'sv', 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', ...(cookies === '' ? {} : { cookie: cookies }), ...(body === null ? {} : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(body)), 'origin': from?.origin ?? 'null' }) },
    }, (response) => {
      for (const line of response.headers['set-cookie'] ?? []) {
        const [pair = '', ...rest] = line.split(';');
        const path = rest.map((one) => one.trim()).find((one) => /^path=/i.test(one))?.slice(5) ?? '/';
        const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
        jar.splice(0, jar.length, ...jar.filter((one) => one.host !== url.hostname || one.name !== name || one.path !== path), ...(value === '' ? [] : [{ host: url.hostname, path, name, value }]));
      }
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; }).on('end', () => done({ url, status: response.statusCode ?? 0, location: response.headers.location ?? null, body: text }));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time'))).on('error', failed).end(body);
  });
  const reached = async (url: URL, body: string | null, from: URL | null): Promise<Page> => open(url, body, from).catch((error: unknown) => fail('command.usage', `${url.host} does not answer a test login: ${String(error)}`));
  let page = await reached(new URL(start), null, null);
  const steps: string[] = [];
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const { url, body, location } = page;
    const step = /data-step="([\w-]+)"/.exec(body)?.[1];
    if (step !== undefined) steps.push(step);
    const refresh = /<meta[^>]+http-equiv="refresh"[^>]+content="\d+;\s*url=([^"]+)"/i.exec(body)?.[1];
    const next = location ?? (refresh === undefined ? null : plain(refresh));
    if (next !== null) {
      const to = new URL(next, url);
      if (!isOurs(to, ours)) return { kind: 'redirect', address: to.href, steps };
      page = await reached(to, null, url);
      continue;
    }
    const form = formOn(page);
    const answer = form?.fields.get('SAMLResponse');
    if (form !== null && answer != null) return { kind: 'answer', address: form.action.href, response: answer, steps };
    if (form === null || !isOurs(form.action, ours) || page.status >= 400) return { kind: 'stopped', page: plain(/<h1[^>]*>([^<]*)/.exec(body)?.[1] ?? '').trim(), status: page.status, steps };
    page = form.method === 'post' ? await reached(form.action, form.fields.toString(), url) : await reached(new URL(`?${form.fields.toString()}`, form.action), null, url);
  }
  return { kind: 'stopped', page: 'more pages than a login has', status: page.status, steps };
};
