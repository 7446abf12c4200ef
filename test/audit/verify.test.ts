/** `audit verify` finds whatever is done to the files; the untouched twin is whole (threats L05). */
import { copyFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { chainEvent, GENESIS, signCheckpoint } from '../../src/audit/chain.ts';
import { checkpointFile, dayFile } from '../../src/audit/files.ts';
import type { RecordedEvent } from '../../src/audit/model.ts';
import { verifyTrail, type TrailProblem } from '../../src/audit/verify.ts';
import { event, publicKey, START, TrailStage } from './stage.ts';

type Attack = readonly [name: string, attack: (stage: TrailStage) => void, problem: TrailProblem];
const replaced = (path: string, from: string, to: string) => (stage: TrailStage): void => stage.edit(path, (lines) => lines.map((line) => line.replace(from, to)));
/** Chains the lines anew from the first: what somebody does who knows how the hashes are made but has no key. */
const chainAnew = (stage: TrailStage, change: (event: RecordedEvent) => RecordedEvent | null): void => {
  let sequence = 0;
  let previous = GENESIS;
  stage.days().forEach((_name, day) => stage.edit(stage.path(day), (lines) => lines.flatMap((text) => {
    const changed = change(JSON.parse(text) as RecordedEvent);
    if (changed === null) return [];
    sequence += 1;
    const line = chainEvent(changed, changed.at, sequence, previous);
    previous = line.hash;
    return [JSON.stringify(line)];
  })));
};
const attacks: readonly Attack[] = [
  ['a letter changed', (stage) => replaced(stage.path(1), 'DEV1001', 'DEV1002')(stage), 'changed'],
  ['the time of a line changed', (stage) => stage.edit(stage.path(0), ([one = '', ...rest]) => [one.replace(/"at":(\d+)/, (_all, at: string) => `"at":${String(Number(at) + 1)}`), ...rest]), 'changed'],
  ['a word added to a line', (stage) => replaced(stage.path(1), '{"at"', '{"note":"x","at"')(stage), 'changed'],
  ['a member said twice', (stage) => replaced(stage.path(1), '{"at"', '{"person":"SE2321000131-DEV1009","at"')(stage), 'changed'],
  ['white space in a line', (stage) => replaced(stage.path(1), '{"at"', '{ "at"')(stage), 'changed'],
  ['a line removed', (stage) => stage.edit(stage.path(1), (lines) => lines.toSpliced(4, 1)), 'removed-or-reordered'],
  ['the first line of all removed', (stage) => stage.edit(stage.path(0), (lines) => lines.slice(1)), 'removed-or-reordered'],
  ['two lines swapped', (stage) => stage.edit(stage.path(1), ([a = '', b = '', ...rest]) => [b, a, ...rest]), 'removed-or-reordered'],
  ['a line said twice', (stage) => stage.edit(stage.path(1), ([a = '', ...rest]) => [a, a, ...rest]), 'removed-or-reordered'],
  ['a line cut in the middle', (stage) => stage.edit(stage.path(1), ([a = '', ...rest]) => [a.slice(0, 40), ...rest]), 'unreadable'],
  ['a line of something else', (stage) => stage.edit(stage.path(1), (lines) => [...lines, 'null']), 'unreadable'],
  ['the last lines cut off', (stage) => stage.edit(stage.path(2), (lines) => lines.slice(0, -2)), 'cut-tail'],
  ['the last day removed', (stage) => rmSync(stage.path(2)), 'cut-tail'],
  ['a day in the middle removed', (stage) => rmSync(stage.path(1)), 'removed-or-reordered'],
  ['two days swapped', (stage) => { const [a, b] = [stage.path(0), stage.path(1)]; renameSync(a, `${a}.x`); renameSync(b, a); renameSync(`${a}.x`, b); }, 'removed-or-reordered'],
  ['another day’s file in its place', (stage) => copyFileSync(stage.path(0), stage.path(1)), 'removed-or-reordered'],
  ['the file emptied', (stage) => writeFileSync(stage.path(2), ''), 'cut-tail'],
  ['a line changed and all hashes made anew', (stage) => chainAnew(stage, (line) => ({ ...line, person: 'SE2321000131-DEV1009' })), 'checkpoint-mismatch'],
  ['a line left out and all hashes made anew', (stage) => chainAnew(stage, (line) => (line.sequence === 5 ? null : line)), 'checkpoint-mismatch'],
  ['hashes made anew and the checkpoints removed', (stage) => { chainAnew(stage, (line) => line); rmSync(stage.checkpointPath()); }, 'unsigned'],
  ['a checkpoint’s signature changed', (stage) => stage.edit(stage.checkpointPath(), ([one = '', ...rest]) => [one.replace(/"signature":"./, '"signature":"_'), ...rest]), 'forged-checkpoint'],
  ['a checkpoint moved to another line', (stage) => stage.edit(stage.checkpointPath(), ([one = '', ...rest]) => [one.replace('"sequence":1,', '"sequence":2,'), ...rest]), 'forged-checkpoint'],
  ['a checkpoint given to another day', (stage) => replaced(stage.checkpointPath(), '"day":"2026-11-23"', '"day":"2026-11-22"')(stage), 'forged-checkpoint'],
  ['a checkpoint dated otherwise', (stage) => stage.edit(stage.checkpointPath(), ([one = '', ...rest]) => [one.replace(/"at":(\d+)/, '"at":1'), ...rest]), 'forged-checkpoint'],
  ['a checkpoint signed with another key', (stage) => stage.edit(stage.checkpointPath(), (lines) => {
    const head = { at: START, day: '2026-11-23', sequence: 3, hash: 'x' };
    return [...lines, JSON.stringify({ ...head, signature: signCheckpoint(generateKeyPairSync('ed25519').privateKey, stage.node, head) })];
  }), 'forged-checkpoint'],
  ['a checkpoint of nonsense', (stage) => stage.edit(stage.checkpointPath(), (lines) => [...lines, '{"signature":1}']), 'forged-checkpoint'],
];

describe('audit verify', () => {
  it('says of an untouched trail that it is whole', async () => {
    const stage = await new TrailStage().filled();
    expect(stage.problems()).toEqual([]);
    expect(verifyTrail({ directory: stage.directory, publicKeys: [publicKey] }).nodes).toEqual([{ node: 'node-1', lines: 30, days: 3, checkpoints: 30, from: '2026-11-23', to: '2026-11-25' }]);
  });
  it.each(attacks)('finds %s, from the files alone', async (_name, attack, problem) => {
    const stage = await new TrailStage().filled();
    expect(stage.problems({ withHead: false })).toEqual([]);
    attack(stage);
    expect(stage.problems({ withHead: false })).toContain(problem);
  });
  it('finds with the head from the store what the files alone cannot show: a tail cut behind the last checkpoint', async () => {
    const stage = await new TrailStage().filled();
    stage.edit(stage.path(2), (lines) => lines.slice(0, -3));
    stage.edit(stage.checkpointPath(), (lines) => lines.slice(0, -3));
    expect(stage.problems({ withHead: false })).toEqual([]);
    expect(stage.problems()).toEqual(['cut-tail']);
  });
  it('finds with the head from the store that everything is gone, and that another trail lies here', async () => {
    const stage = await new TrailStage().filled();
    const { head } = stage;
    chainAnew(stage, (line) => line.sequence > 20 ? { ...line, code: 'card.expired' } : line);
    stage.edit(stage.checkpointPath(), (lines) => lines.slice(0, 20));
    stage.head = head;
    expect(stage.problems({ withHead: false })).toEqual([]);
    expect(stage.problems()).toEqual(['checkpoint-mismatch']);
    for (const path of [0, 1, 2].map((day) => stage.path(day))) rmSync(path);
    rmSync(stage.checkpointPath());
    expect(stage.problems({ withHead: false })).toEqual([]);
    expect(stage.problems()).toEqual(['cut-tail']);
  });
  it('finds a trail of another node under this node’s name', async () => {
    const stage = await new TrailStage().filled();
    const other = await new TrailStage('node-2', stage.directory).filled();
    expect([stage.problems(), other.problems()]).toEqual([[], []]);
    for (const [day, name] of stage.days().entries()) { rmSync(stage.path(day)); copyFileSync(other.path(day), join(stage.directory, dayFile('node-1', name))); }
    copyFileSync(other.checkpointPath(), join(stage.directory, checkpointFile('node-1')));
    expect(stage.problems({ withHead: false })).toContain('forged-checkpoint');
  });
  it('is content with days that retention deleted, and not with days that were removed before their time', async () => {
    const stage = await new TrailStage().filled();
    rmSync(stage.path(0));
    expect(stage.problems({ keptFrom: '2026-11-24' })).toEqual([]);
    expect(stage.problems({ keptFrom: '2026-11-20' })).toEqual(['removed-or-reordered']);
  });
  it('an event cannot pose as a checkpoint nor break its line', async () => {
    const stage = new TrailStage();
    const trail = await stage.open();
    const nasty = 'x"}\n{"at":1,"sequence":2,\u2028\u001b[31m=cmd()';
    await trail.record(event(1, { facts: { nasty }, person: nasty }));
    await trail.record(event(2));
    await trail.close();
    expect(stage.problems()).toEqual([]);
    expect(stage.events().map(({ facts }) => facts)).toEqual([{ nasty }, { number: 2 }]);
  });
});
