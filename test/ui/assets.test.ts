/** Weight and names of what the browser fetches. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { assets, assetUrl } from '../../src/ui/assets.ts';
import { renderPage } from '../../src/ui/render.ts';
import { fortyCommissions, frame, samples } from './sample-pages.ts';

const sizeOf = (name: Parameters<typeof assetUrl>[0]): number => assets.get(assetUrl(name))!.bytes.length;
const bytes = (text: string): number => Buffer.byteLength(text);

describe('static files', () => {
  it('carry the hash of their content in their name and may be kept for ever', () => {
    for (const [path, asset] of assets) {
      const hash = createHash('sha256').update(asset.bytes).digest('base64url').slice(0, 12);
      expect(path).toBe(asset.path);
      expect(path.startsWith(`/assets/${hash}-`)).toBe(true);
      expect(asset.headers['cache-control']).toContain('immutable');
      expect(asset.headers['x-content-type-options']).toBe('nosniff');
    }
  });
  it('style sheet under 20 kB, scripts under 4 kB', () => {
    expect(sizeOf('bryggan.css')).toBeLessThan(20_000);
    expect(sizeOf('auto-submit.js')).toBeLessThan(4_000);
    expect(sizeOf('search.js')).toBeLessThan(4_000);
  });
  it('the style sheet asks for nothing but our own font, by its hashed name', () => {
    const css = assets.get(assetUrl('bryggan.css'))!.bytes.toString('utf8');
    expect([...css.matchAll(/url\(([^)]*)\)/g)].map(([, address]) => `/assets/${address ?? ''}`)).toEqual([assetUrl('text.woff2')]);
    expect(css).not.toMatch(/@import|\/\*/);
  });
});

describe('a whole page, with everything it fetches', () => {
  it.each(samples)('$name stays under 60 kB', ({ page, frame: around }) => {
    const html = renderPage(page, around);
    const fetched = [...new Set([...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path!))].reduce((sum, path) => sum + assets.get(path)!.bytes.length, 0);
    // Forty choices are text and compress well; nothing else may lean on compression.
    const forty = page.kind === 'choose-commission' && page.options.length === fortyCommissions.length;
    expect(fetched + (forty ? gzipSync(html).length : bytes(html))).toBeLessThan(60_000);
    expect(bytes(html)).toBeLessThan(forty ? 40_000 : 10_000);
  });
});

describe('the page that every single sign-on ends with', () => {
  const page = (fields: Record<string, string>): string => renderPage({ kind: 'on-the-way', form: { kind: 'post-form', action: 'https://a.example/', fields } }, frame);
  it('adds at most 2 kB to the form fields', () => {
    expect(bytes(page({}))).toBeLessThan(2_000);
  });
  it('grows with its fields and nothing else', () => {
    const field = '<input type="hidden" name="SAMLResponse" value="AAAA">';
    expect(bytes(page({ SAMLResponse: 'AAAA' })) - bytes(page({}))).toBe(field.length);
  });
});
