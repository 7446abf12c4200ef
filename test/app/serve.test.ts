/** A failure that nobody waits for is told, and ends nothing. */
import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { tellOfRejections } from '../../src/serve.ts';

it('a rejected promise that nobody waited for is an error in the log, with where it came from', () => {
  const process = new EventEmitter();
  const said: { readonly detail?: string; readonly stack?: string }[] = [];
  tellOfRejections(process, { debug() {}, info() {}, warn() {}, error(fields) { said.push(fields); } });
  process.emit('unhandledRejection', new Error('forgotten'));
  process.emit('unhandledRejection', 'a text');
  expect(said).toHaveLength(2);
  expect(said[0]?.stack).toContain('serve.test.ts');
});
