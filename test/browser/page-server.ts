/** Serves sample pages with the real headers and assets, on a port that the system chooses; and starts Debian's Chromium. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser } from 'playwright-core';
import { assets } from '../../src/ui/assets.ts';
import { ui } from '../../src/ui/render.ts';
import type { Sample } from '../ui/sample-pages.ts';
import type { PageFrame } from '../../src/login/pages.ts';

export interface PageServer { readonly url: string; readonly close: () => Promise<void> }

/** `/<sample name>/<locale>` shows a sample; `answer` may take any other request. */
export const servePages = async (samples: readonly Sample[], answer?: (request: IncomingMessage, response: ServerResponse) => boolean): Promise<PageServer> => {
  const send = (response: ServerResponse, sample: Sample, locale: PageFrame['locale']): void => {
    const frame: PageFrame = { ...sample.frame, locale, otherLanguageUrl: `/${sample.name}/${locale === 'sv' ? 'en' : 'sv'}` };
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...ui.headers(sample.page, frame) }).end(ui.render(sample.page, frame));
  };
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '/';
    const asset = assets.get(path);
    if (asset !== undefined) return void response.writeHead(200, { ...asset.headers, 'content-type': asset.contentType }).end(asset.bytes);
    if (answer?.(request, response) === true) return;
    if (path.split('?')[0]?.endsWith('/picture') === true) return void response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(ui.picture('netid:///?autostarttoken=2UTm4gKqwVvQn0uGZbJcV9HkXyRsA1tE&redirect=null'));
    const [, name, locale] = path.split('/');
    const sample = samples.find((candidate) => candidate.name === name);
    if (sample === undefined) return void response.writeHead(404).end();
    send(response, sample, locale === 'en' ? 'en' : 'sv');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => resolve()); }),
  };
};

export const startChromium = (): Promise<Browser> => chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-lcd-text'] });
