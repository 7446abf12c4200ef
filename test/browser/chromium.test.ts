/** The harness itself: a real browser shows real client certificates to a real card listener. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readDer } from '../../certs-dev/set.ts';
import { createCardListener } from '../../src/authenticators/certificate/card-listener.ts';
import { HANDLE, cardSettings, close, listen, recorder, set } from '../authenticators/certificate/stage.ts';
import { ANY_CARD_HOST, startChromium, withCard, type CardChromium, type ChromiumOptions } from './chromium.ts';

const ports = { ...recorder(), onCard: (handle: string, peer: { leafDer: Uint8Array } | null) => { seen.push(peer === null ? 'none' : Buffer.from(peer.leafDer).toString('hex')); return Promise.resolve({ redirectTo: `data:,${handle}` }); } };
const seen: string[] = [];
const server = createCardListener(cardSettings({ hosts: ['card.localhost', '*.card.localhost'] }), ports);
let port = 0;
const der = (person: string): string => readDer(set.certificate(person).certFile).toString('hex');
/** The answer leads away; what counts is what the card host saw. */
const open = async (chromium: CardChromium, host: string): Promise<string | undefined> => {
  const context = await chromium.newContext();
  const page = await context.newPage();
  await page.goto(`https://${host}:${String(port)}/card/${HANDLE}`).catch(() => undefined);
  await context.close();
  return seen.at(-1);
};
const start = async (options?: ChromiumOptions): Promise<CardChromium> => {
  const chromium = await startChromium(options);
  onTestFinished(() => chromium.close());
  return chromium;
};
beforeAll(async () => { port = await listen(server); });
afterAll(() => close(server));
beforeEach(() => { seen.length = 0; });

describe('Chromium with cards', () => {
  it('one filter per host name: a fresh name picks another card in the same browser', async () => {
    const chromium = await start({ cards: { 'https://one.card.localhost': set.certificate('anna-berglund'), 'https://two.card.localhost': set.certificate('erik-sandstrom') } });
    expect(await open(chromium, 'one.card.localhost')).toBe(der('anna-berglund'));
    expect(await open(chromium, 'two.card.localhost')).toBe(der('erik-sandstrom'));
  });
  it('another card is put into the reader while the browser runs; a fresh host name shows it', async () => {
    const [anna, erik] = [set.certificate('anna-berglund'), set.certificate('erik-sandstrom')];
    const chromium = await start({ held: [anna, erik] });
    expect(await open(chromium, 'a1.card.localhost')).toBe(der('anna-berglund'));
    await chromium.insert(erik);
    expect(await open(chromium, 'a2.card.localhost')).toBe(der('erik-sandstrom'));
    await chromium.insert(anna);
    expect(await open(chromium, 'a3.card.localhost')).toBe(der('anna-berglund'));
  });
  it('no card at all: the card host is reached without one', async () => {
    const chromium = await start();
    expect(await open(chromium, 'card.localhost')).toBe('none');
  });
  it('the card of the other kind of identifier, and an elliptic-curve key, work the same', async () => {
    const personId = set.certificate('anna-berglund', { identifier: 'personal-identity-number' });
    const chromium = await start({ cards: { 'https://pid.card.localhost': personId, 'https://ec.card.localhost': set.certificate('viktor-ahl') } });
    expect(await open(chromium, 'pid.card.localhost')).toBe(readDer(personId.certFile).toString('hex'));
    expect(await open(chromium, 'ec.card.localhost')).toBe(der('viktor-ahl'));
  });
  it('withCard is the short form', async () => {
    const { chromium } = await withCard('lars-ohman', `https://card.localhost:${String(port)}`);
    onTestFinished(() => chromium.close());
    expect(await open(chromium, 'card.localhost')).toBe(der('lars-ohman'));
  });
  it('a certificate that the hints do not name is not offered', async () => {
    const chromium = await start({ cards: { [ANY_CARD_HOST]: set.certificate('mona-lund') } });
    expect(await open(chromium, 'card.localhost')).toBe('none');
  });
});
