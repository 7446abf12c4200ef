/**
 * What the browser fetches beside the page: one style sheet, one font, four scripts, the mark. Read once when this module is
 * loaded; a name carries the hash of its content, so that it can be kept for ever and a new release is a new name.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface Asset {
  /** `/assets/<hash>-<name>` */
  readonly path: string;
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
}
export type AssetName = 'bryggan.css' | 'text.woff2' | 'auto-submit.js' | 'search.js' | 'phone.js' | 'walk.js' | 'mark.svg';

const types: Readonly<Record<AssetName, string>> = {
  'bryggan.css': 'text/css; charset=utf-8',
  'text.woff2': 'font/woff2',
  'auto-submit.js': 'text/javascript; charset=utf-8',
  'search.js': 'text/javascript; charset=utf-8',
  'phone.js': 'text/javascript; charset=utf-8',
  'walk.js': 'text/javascript; charset=utf-8',
  'mark.svg': 'image/svg+xml',
};
const headers = {
  'cache-control': 'public, max-age=31536000, immutable',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  // An image opened by itself is a document: it gets nothing to do.
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
};

const own = (path: string): Buffer => readFileSync(new URL(path, import.meta.url));
/** Comments and indentation are for us. */
const squeezed = (css: string): string => css.replace(/\/\*[^]*?\*\//g, '').replace(/\n\s*/g, '\n').replace(/\n+/g, '\n').trim();

const assetOf = (name: AssetName, bytes: Buffer): Asset => {
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 12);
  return { path: `/assets/${hash}-${name}`, bytes, contentType: types[name], headers };
};

const font = assetOf('text.woff2', readFileSync(createRequire(import.meta.url).resolve('@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2')));
const styles = ['tokens', 'base', 'components'].map((name) => own(`styles/${name}.css`).toString('utf8')).join('\n').replace('text.woff2', font.path.slice('/assets/'.length));
const all: Readonly<Record<AssetName, Asset>> = {
  'text.woff2': font,
  'bryggan.css': assetOf('bryggan.css', Buffer.from(squeezed(styles))),
  'auto-submit.js': assetOf('auto-submit.js', own('assets/auto-submit.js')),
  'search.js': assetOf('search.js', own('assets/search.js')),
  'phone.js': assetOf('phone.js', own('assets/phone.js')),
  'walk.js': assetOf('walk.js', own('assets/walk.js')),
  'mark.svg': assetOf('mark.svg', own('assets/mark.svg')),
};

/** Without its font, for a document that fetches nothing. */
export const styleText = squeezed(styles).replace(/@font-face\s*\{[^}]*\}/g, '');

/** Path → asset, for the route `/assets/*`. */
export const assets: ReadonlyMap<string, Asset> = new Map(Object.values(all).map((asset) => [asset.path, asset]));
export const assetUrl = (name: AssetName): string => all[name].path;
