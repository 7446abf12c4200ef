/** Every page: a valid document, the same hooks for scripts in both languages, forms as the login expects them, and payloads that stay words. */
import { describe, expect, it } from 'vitest';
import { isBrygganError } from '../../src/core/errors.ts';
import { locales } from '../../src/core/locale.ts';
import { renderPage } from '../../src/ui/render.ts';
import { one, parsed, skeleton, withTag, type Element, type Parsed } from './document.ts';
import { everyCode, fortyCommissions, frame, framed, oneCommission, samples, threeCommissions, type Sample } from './sample-pages.ts';

const rendered = ({ page, frame: around }: Sample, locale: 'sv' | 'en' = 'sv'): Parsed => parsed(renderPage(page, { ...around, locale }));
const sampleNamed = (name: string): Sample => samples.find((sample) => sample.name === name)!;
const buttons = (document: Parsed): readonly Element[] => withTag(document, 'button');
const inputNamed = (document: Parsed, name: string): Element => one(document, ({ tag, attributes }) => tag === 'input' && attributes['name'] === name);
const focused = (document: Parsed): readonly Element[] => document.all.filter(({ attributes }) => 'autofocus' in attributes);

describe.each(locales)('every page in %s', (locale) => {
  it.each(samples)('$name is a valid document with its hooks', (sample) => {
    const document = rendered(sample, locale);
    expect(document.errors).toEqual([]);
    expect(document.root.attributes['lang']).toBe(locale);
    expect(withTag(document, 'h1')).toHaveLength(1);
    expect(one(document, ({ tag }) => tag === 'title').text).not.toMatch(/undefined|\{/);
    expect(one(document, ({ tag }) => tag === 'main').attributes['data-step']).toBe(sample.page.kind);
    expect(one(document, ({ tag }) => tag === 'main').text).not.toMatch(/undefined|null|\[object|\{service\}/);
    expect(focused(document).length).toBeLessThanOrEqual(1);
    for (const script of withTag(document, 'script')) expect(script.attributes['src']).toMatch(/^\/assets\/[\w-]{12}-[a-z-]+\.js$/);
    const ids = document.all.flatMap(({ attributes }) => attributes['id'] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

it('both languages have the same structure, so that scripts find the same hooks', () => {
  for (const sample of samples) {
    const hooks = (document: Parsed): string => document.all.flatMap(({ attributes }) => Object.entries(attributes).filter(([name]) => name.startsWith('data-') && !['data-found', 'data-nothing'].includes(name) && !name.startsWith('data-words')).map((pair) => pair.join('='))).join();
    expect(hooks(rendered(sample, 'en'))).toBe(hooks(rendered(sample, 'sv')));
  }
});

describe('forms', () => {
  const login = frame.base!;
  it.each([
    ['choose-method', 'method', 'method', ['card', 'phone', 'home']],
    ['choose-commission-3', 'commission', 'choice', ['1', '0', '2']],
    ['choose-employee', 'employee', 'choice', ['1', '0']],
    ['confirm-session', 'confirm', 'answer', ['yes', 'no']],
    ['what-is-sent', 'release', 'answer', ['yes', 'no']],
  ] as const)('%s posts to /%s, and one click answers', (name, path, field, values) => {
    const document = rendered(sampleNamed(name));
    const form = one(document, ({ tag, attributes }) => tag === 'form' && attributes['action'] === `${login}/${path}`);
    expect(form.attributes['method']).toBe('post');
    const inside = parsedInside(form);
    expect(inside.filter(({ tag }) => tag === 'input').map(({ attributes }) => [attributes['name'], attributes['value']])).toEqual([['token', frame.formToken]]);
    expect(inside.filter(({ tag }) => tag === 'button').map(({ attributes }) => [attributes['name'], attributes['value']])).toEqual(values.map((value) => [field, value]));
  });
  it('cancel is on every page that waits for an answer, with the token', () => {
    for (const name of ['choose-method', 'card', 'card-none', 'confirm-session', 'choose-employee', 'choose-commission-3']) {
      const form = one(rendered(sampleNamed(name)), ({ tag, attributes }) => tag === 'form' && attributes['action'] === `${login}/cancel`);
      expect(parsedInside(form).some(({ attributes }) => attributes['name'] === 'token' && attributes['value'] === frame.formToken)).toBe(true);
    }
  });
  it('are left out when the page has no token', () => {
    const { page } = sampleNamed('choose-method');
    expect(withTag(parsed(renderPage(page, framed({ formToken: null }))), 'form')).toHaveLength(0);
    expect(withTag(parsed(renderPage(page, frame)), 'form')).toHaveLength(2);
  });
  it('account pages post to /logout, and to /me/leave for each service', () => {
    const actions = (name: string) => withTag(rendered(sampleNamed(name)), 'form').map(({ attributes }) => attributes['action']);
    expect([actions('me'), actions('log-out')]).toEqual([['/logout', '/me/leave', '/me/leave'], ['/logout']]);
  });
  it('an answer keeps its fields letter for letter', () => {
    const document = rendered(sampleNamed('error'));
    expect(inputNamed(document, 'RelayState').attributes['value']).toBe('a&b="c"');
    expect(one(document, ({ attributes }) => attributes['data-action'] === 'answer').tag).toBe('button');
  });
});
const parsedInside = (element: Element): readonly Element[] => element.children.flatMap((child) => [child, ...parsedInside(child)]);

describe('Enter is enough', () => {
  it('on the method that was used last', () => {
    const { page } = sampleNamed('choose-method');
    if (page.kind !== 'choose-method') throw new Error('wrong sample');
    expect(focused(rendered(sampleNamed('choose-method')))[0]?.attributes['data-method']).toBe('card');
    const last = page.methods.map((method) => ({ ...method, lastUsed: method.id === 'phone' }));
    expect(focused(parsed(renderPage({ ...page, methods: last }, frame)))[0]?.attributes['data-method']).toBe('phone');
  });
  it('on the commission that was chosen last, wherever it stands in the list', () => {
    const first = (options: typeof threeCommissions): string | undefined => focused(parsed(renderPage({ kind: 'choose-commission', options }, frame)))[0]?.attributes['data-commission'];
    expect(first(threeCommissions)).toBe('1');
    expect(first(fortyCommissions)).toBe('17');
    expect(first(oneCommission)).toBe('0');
  });
  it.each(samples)('$name: what has the focus is described by the note that stands before it', (sample) => {
    const document = rendered(sample);
    const notes = document.all.filter(({ attributes }) => attributes['class']?.startsWith('note ') === true);
    expect(notes.map(({ attributes }) => attributes['id'])).toEqual(notes.map(() => 'note'));
    expect(notes.length).toBeLessThan(2);
    expect(focused(document).map(({ attributes }) => attributes['aria-describedby'])).toEqual(focused(document).map(() => (notes.length === 0 ? undefined : 'note')));
  });
  it('but never on going on as somebody who was here before', () => {
    expect(focused(rendered(sampleNamed('confirm-session')))).toEqual([]);
  });
});

it('what HSA wrote in Swedish is said to be Swedish on an English page, and nowhere marked on a Swedish one', () => {
  const marked = (name: string, locale: 'sv' | 'en'): number => { const sample = sampleNamed(name); return parsed(renderPage(sample.page, { ...sample.frame, locale })).all.filter(({ tag, attributes }) => attributes['lang'] === 'sv' && tag !== 'html' && tag !== 'a').length; };
  expect(['choose-commission-3', 'choose-employee', 'me'].map((name) => marked(name, 'en'))).toEqual([7, 4, 1]);
  expect(['choose-commission-3', 'choose-employee', 'me'].map((name) => marked(name, 'sv'))).toEqual([0, 0, 0]);
});

describe('commissions', () => {
  const page = (options: typeof threeCommissions): Parsed => parsed(renderPage({ kind: 'choose-commission', options }, frame));
  it('are all there once, by provider, with their own index', () => {
    const document = page(fortyCommissions);
    const indexes = buttons(document).flatMap(({ attributes }) => attributes['data-commission'] ?? []).map(Number);
    expect(indexes.toSorted((a, b) => a - b)).toEqual(fortyCommissions.map(({ index }) => index));
    expect(withTag(document, 'h2').map(({ text }) => text)).toEqual(['Senast valt här', 'Södra Älvsborgs sjukhus', 'Borås Stad, vård och äldre', 'Närhälsan', 'Sahlgrenska Universitetssjukhuset', 'Vårdcentralen Fjällsippan AB']);
  });
  it('have a search field from eight on, hidden until its script runs', () => {
    const box = (count: number): readonly Element[] => page(fortyCommissions.slice(0, count)).all.filter(({ attributes }) => 'data-search' in attributes);
    expect(box(7)).toEqual([]);
    expect(box(8)[0]?.attributes).toHaveProperty('hidden');
    expect(withTag(page(fortyCommissions.slice(0, 7)), 'script')).toEqual([]);
  });
  it('that read the same are told apart by their own names', () => {
    const twin = { ...oneCommission[0]!, index: 1, name: 'Jourlinje' };
    expect(page([oneCommission[0]!, twin]).root.text).toContain('Jourlinje');
    expect(page([oneCommission[0]!, { ...twin, unit: 'Medicinavdelning 43' }]).root.text).not.toContain('Jourlinje');
  });
  it('show at most three earlier choices before the ordinary list', () => {
    const many = fortyCommissions.map((option) => ({ ...option, lastUsed: option.index < 10 }));
    const [recent] = page(many).all.filter(({ attributes }) => attributes['data-group'] === '');
    expect(parsedInside(recent!).filter(({ tag }) => tag === 'li')).toHaveLength(3);
  });
});

describe('refusals', () => {
  it.each(everyCode)('%s has a page with words, contact, reference and a way on', (code) => {
    for (const locale of locales) {
      const document = parsed(renderPage({ kind: 'error', code, answer: null, retry: `${frame.base ?? ''}/` }, framed({ locale })));
      const main = one(document, ({ tag }) => tag === 'main');
      expect(document.errors).toEqual([]);
      expect(main.attributes['data-error']).toBeTruthy();
      expect(main.text).toContain('Borås Stad IT-support');
      expect(one(document, ({ attributes }) => attributes['id'] === 'reference').attributes['value']).toBe('7KQ-4MD-2XW');
      expect(document.all.filter(({ attributes }) => attributes['data-action'] === 'retry' || attributes['data-action'] === 'service')).toHaveLength(2);
      // A page names the reference, never the code behind it or what it was about.
      expect(main.text).not.toContain(code);
    }
  });
  it('without asker, support or reference still say what to do', () => {
    const document = parsed(renderPage({ kind: 'error', code: 'login.unknown', answer: null, retry: null }, framed({ asker: null, support: null, reference: null, base: null, formToken: null })));
    expect(document.errors).toEqual([]);
    expect(one(document, ({ tag }) => tag === 'main').text).toContain('Öppna tjänsten så som du brukar');
  });
});

describe('going on by itself', () => {
  it('the card page does, without script, and has a link too', () => {
    const document = rendered(sampleNamed('card'));
    const to = 'https://card.example.org/card/AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBB';
    expect(one(document, ({ attributes }) => attributes['http-equiv'] === 'refresh').attributes['content']).toBe(`0;url=${to}`);
    expect(one(document, ({ attributes }) => attributes['data-action'] === 'continue').attributes['href']).toBe(to);
    expect(withTag(document, 'script')).toEqual([]);
  });
  it('never to something that is no web address', () => {
    expect(() => renderPage({ kind: 'card', continueTo: 'javascript:alert(1)', otherMethods: false }, frame)).toThrow(/internal/);
    expect(() => renderPage({ kind: 'on-the-way', form: { kind: 'post-form', action: 'javascript:alert(1)', fields: {} } }, frame)).toThrow(/internal/);
  });
});

describe('the environment', () => {
  it('is named on every page outside production, and not in it', () => {
    for (const { page, frame: around } of samples) {
      expect(renderPage(page, { ...around, environment: 'test' })).toContain('Testmiljö');
      expect(renderPage(page, { ...around, environment: 'acceptance' })).toContain('Acceptansmiljö');
      expect(renderPage(page, { ...around, environment: 'production' })).not.toMatch(/Testmiljö|Acceptansmiljö/);
    }
  });
});

describe('payloads in any field of any page', () => {
  const hostile = '"><script>alert(1)</script><img src=x onerror=alert(2)>\'&{service}';
  /** Values of a closed set: nobody outside chooses them. */
  const closed = new Set(['kind', 'code', 'locale', 'environment', 'failure', 'unavailable', 'result', 'methodKind']);
  type Path = readonly (string | number)[];
  const pathsOf = (value: unknown, path: Path = []): readonly Path[] => {
    if (typeof value === 'string') return closed.has(String(path.at(-1))) ? [] : [path];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]));
  };
  const changed = (value: unknown, [key, ...rest]: Path, to: string): unknown => {
    if (key === undefined) return to;
    if (Array.isArray(value)) return value.map((inner: unknown, index) => (String(index) === String(key) ? changed(inner, rest, to) : inner));
    return Object.fromEntries(Object.entries(value as object).map(([name, inner]: [string, unknown]) => [name, name === key ? changed(inner, rest, to) : inner]));
  };
  const addresses = /^path$|^next$|^frame$|startUrl|^picture$|continueTo|tryAgain|otherMethods|serviceUrl|action|retry|homeUrl|logo|otherLanguageUrl|base|email|phone/;
  const withPayload = (sample: Sample, path: Path, payload: string): Parsed | null => {
    const { page, frame: around } = changed({ page: sample.page, frame: sample.frame }, path, payload) as Sample;
    try {
      return parsed(renderPage(page, around));
    } catch (error) {
      expect(isBrygganError(error)).toBe(true);
      return null;
    }
  };
  const inert = (document: Parsed): void => {
    for (const { tag, attributes } of document.all) {
      expect(Object.keys(attributes).filter((name) => name.startsWith('on'))).toEqual([]);
      if (tag === 'script') expect(attributes['src']).toMatch(/^\/assets\//);
      if (tag === 'img') expect(attributes['src']).not.toBe('x');
      for (const name of ['href', 'src', 'action', 'formaction']) expect(attributes[name] ?? '/').toMatch(/^(https?:\/\/|\/(?!\/)|mailto:|tel:|netid:)/);
    }
  };
  const fewer = samples.map((sample) => (sample.page.kind === 'choose-commission' && sample.page.options.length > 3 ? { ...sample, page: { ...sample.page, options: sample.page.options.slice(0, 9) } } : sample));
  it.each(fewer)('$name', (sample) => {
    for (const path of pathsOf({ page: sample.page, frame: sample.frame })) {
      const isAddress = addresses.test(String(path.at(-1)));
      for (const payload of isAddress ? [hostile, 'javascript:alert(1)', 'data:text/html,x', '//evil.example/'] : [hostile]) {
        const document = withPayload(sample, path, payload);
        if (document === null) {
          expect(isAddress, `${path.join('.')} must not stop the page`).toBe(true);
          continue;
        }
        inert(document);
        expect(document.errors).toEqual([]);
        // The unbroken twin: the same field with an ordinary word.
        if (!isAddress) expect(skeleton(document.root), path.join('.')).toBe(skeleton(withPayload(sample, path, 'Ord')!.root));
      }
    }
  });
});
