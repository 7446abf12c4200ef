/** [threats E11, F07, K09, K10] What a page may do in the browser. */
import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, headersFor } from '../../src/ui/security-headers.ts';
import { renderPage } from '../../src/ui/render.ts';
import { parsed, withTag } from './document.ts';
import { frame, framed, samples, type Sample } from './sample-pages.ts';

const directives = ({ page, frame: around }: Sample): ReadonlyMap<string, string> =>
  new Map(contentSecurityPolicy(page, around).split('; ').map((directive) => [directive.split(' ')[0]!, directive.split(' ').slice(1).join(' ')]));

describe.each(samples)('$name', (sample) => {
  const policy = directives(sample);
  const document = parsed(renderPage(sample.page, sample.frame));
  it('loads nothing from elsewhere, has nothing inline, and is never framed', () => {
    expect(policy.get('default-src')).toBe("'none'");
    expect(policy.get('style-src')).toBe("'self'");
    expect(policy.get('base-uri')).toBe("'none'");
    expect(policy.get('frame-ancestors')).toBe("'none'");
    expect(policy.get('connect-src')).toBe({ 'phone': "'self'", 'logging-out': 'https://hemtjanst.example.org' }[sample.page.kind as string]);
    const called = sample.page.kind === 'logged-out' && sample.page.services.some(({ frame }) => frame !== null);
    expect(policy.get('frame-src')).toBe(called ? 'https://schema.example.org' : undefined);
    expect(contentSecurityPolicy(sample.page, sample.frame).replace(/; (?:frame|connect)-src https:\/\/[a-z.]+/g, '')).not.toMatch(/unsafe|\*|https?:/);
    expect(withTag(document, 'style')).toEqual([]);
    expect(document.all.filter(({ attributes }) => 'style' in attributes)).toEqual([]);
  });
  it('may run script only where it has one', () => {
    if (withTag(document, 'script').length > 0) expect(policy.get('script-src')).toBe("'self'");
    expect(withTag(document, 'script').every(({ text }) => text === '')).toBe(true);
  });
  it('says where its forms may end', () => {
    const ours = withTag(document, 'form').every(({ attributes }) => ['/logout', '/me/leave'].includes(attributes['action'] ?? ''));
    if (withTag(document, 'form').length === 0 && !['card', 'error'].includes(sample.page.kind)) expect(policy.get('form-action')).toBe("'none'");
    else if (ours && sample.page.kind !== 'error') expect(policy.get('form-action')).toBe("'self'");
    // A redirect after the post may lead from the application to a third site; Chromium would stop it [CSP3 §6.4.1].
    else expect(policy.has('form-action')).toBe(false);
  });
  it('is not kept, sniffed, framed or named to others', () => {
    expect(headersFor(sample.page, sample.frame)).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'same-origin', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
  });
});

it('a logo inside the page is allowed on that page only', () => {
  const logo = 'data:image/png;base64,iVBORw0KGgo=';
  const page = samples.find(({ name }) => name === 'choose-method')!.page;
  const withLogo = framed({ asker: { ...frame.asker!, logo } });
  expect(contentSecurityPolicy(page, withLogo)).toContain("img-src 'self' data:");
  expect(contentSecurityPolicy(page, frame)).not.toContain('data:');
  expect(renderPage(page, withLogo)).toContain(`src="${logo}"`);
});
it('strict transport security is said in production only', () => {
  const { page } = samples[0]!;
  expect(headersFor(page, frame)).toHaveProperty('strict-transport-security');
  expect(headersFor(page, framed({ environment: 'test' }))).not.toHaveProperty('strict-transport-security');
});
