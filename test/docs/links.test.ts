/** What the documents point at is there: files, headings, files named in words, commands of ours, scripts of package.json. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Command } from 'commander';
import { createProgram } from '../../src/admin/cli/program.ts';

const product = join(import.meta.dirname, '../..');
const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: product, encoding: 'utf8' }).split('\n').filter((file) => file !== '' && !file.startsWith('test/vectors/') && existsSync(join(product, file)));
const textOf = (file: string): string => readFileSync(join(product, file), 'utf8');
/** Without what is shown as an example. */
const proseOf = (file: string): string => textOf(file).replace(/^```[\s\S]*?^```$/gm, '');

/** As GitHub makes them: lower case, without punctuation, blanks as hyphens. */
const anchorsOf = (file: string): ReadonlySet<string> => new Set([...proseOf(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replaceAll(/\s/g, '-')));
const linksOf = (file: string): readonly string[] => [...proseOf(file).replaceAll(/`[^`\n]*`/g, 'x').matchAll(/\]\(([^)\s]+)\)|<img src="([^"]+)"/g)].map(([, link, picture]) => link ?? picture ?? '');
const broken = (file: string, link: string): boolean => {
  if (/^[a-z]+:/.test(link)) return false;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? file : normalize(join(dirname(file), path));
  if (!existsSync(join(product, target))) return true;
  return anchor !== undefined && !(statSync(join(product, target)).isFile() && anchorsOf(target).has(anchor));
};

/** Paths in backquotes that begin at one of our folders, without placeholders. */
const namedIn = (file: string): readonly string[] => [...proseOf(file).matchAll(/`((?:src|test|docs|bench|config|certs-dev|metadata|\.ci)\/[A-Za-z0-9_./-]*[A-Za-z0-9_/-])`/g)].map(([, path = '']) => path);
/** Folders and files that a reader makes. */
const ofTheReader = /^(?:config\/trust\/|metadata\/(?:services|identity-providers)\/\w|config\/parties$|state\/)/;

const program: Command = createProgram({ serve: () => Promise.reject(new Error('unused')), demo: () => Promise.reject(new Error('unused')), tools: () => Promise.reject(new Error('unused')) }, { print: () => undefined, exit: 0 }) as unknown as Command;
const knows = (command: Command, words: readonly string[]): boolean => {
  const [first, ...rest] = words;
  if (command.commands.length === 0) return true;
  const next = command.commands.find((one) => one.name() === first);
  return next !== undefined && (rest.length === 0 || knows(next, rest));
};
const commandsIn = (file: string): readonly string[] => [...textOf(file).matchAll(/(?:bryggan --|`bryggan|\$ bryggan) ((?:[a-z]+)(?: [a-z]+)?)/g)].map(([, words = '']) => words);
const scriptsIn = (file: string): readonly string[] => [...textOf(file).matchAll(/npm run (?:-s )?([a-z]+)/g)].map(([, script = '']) => script);
const scripts = Object.keys((JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }).scripts);

describe.each(documents)('%s', (file) => {
  it('links to what is there', () => expect(linksOf(file).filter((link) => broken(file, link))).toEqual([]));
  it('names files that are there', () => expect(namedIn(file).filter((path) => !ofTheReader.test(path) && !existsSync(join(product, path)))).toEqual([]));
  it('names commands that are there', () => expect(commandsIn(file).filter((words) => !knows(program, words.split(' ')))).toEqual([]));
  it('names scripts that are there', () => expect(scriptsIn(file).filter((script) => !scripts.includes(script))).toEqual([]));
});
