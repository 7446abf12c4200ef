/** A line is on disk before its login goes on; a crash, a full disk or a second writer never leaves a silent gap (threats L05). */
import { appendFileSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { dayFile, type TrailSink } from '../../src/audit/files.ts';
import { rejectedWith } from '../fixtures/refused.ts';
import { DAY, event, MINUTE, START, TrailStage } from './stage.ts';

const counting = (counts: { appends: number }) => (sink: TrailSink): TrailSink => ({ ...sink, append: (day, text) => { counts.appends += 1; return sink.append(day, text); } });

describe('recording', () => {
  it('is on disk when it resolves', async () => {
    const stage = new TrailStage();
    const trail = await stage.open();
    await trail.record(event(7));
    expect(stage.events().map(({ facts }) => facts['number'])).toEqual([7]);
  });
  it('five hundred at once keep their order, hang together and share few syncs', async () => {
    const stage = new TrailStage();
    const counts = { appends: 0 };
    const trail = await stage.open({}, counting(counts));
    await Promise.all(Array.from({ length: 500 }, (_unused, index) => trail.record(event(index))));
    expect(stage.events().map(({ facts, sequence }) => [facts['number'], sequence])).toEqual(Array.from({ length: 500 }, (_unused, index) => [index, index + 1]));
    expect(counts.appends).toBeLessThan(5);
    await trail.close();
    expect(stage.problems()).toEqual([]);
  });
  it('begins a new file at midnight, with the day before signed to its last line', async () => {
    const stage = new TrailStage();
    const trail = await stage.open();
    await trail.record(event(1));
    stage.now += DAY;
    await trail.record(event(2));
    expect([stage.days(), stage.lines(0).length, stage.lines(1).length]).toEqual([['2026-11-23', '2026-11-24'], 1, 1]);
    expect(readFileSync(stage.checkpointPath(), 'utf8')).toContain('"sequence":1,');
    await trail.close();
    expect(stage.problems()).toEqual([]);
  });
  it('a clock that is put back does not write into a day that is over', async () => {
    const stage = new TrailStage();
    const trail = await stage.open();
    stage.now = START + DAY;
    await trail.record(event(1));
    stage.now = START;
    await trail.record(event(2));
    expect([stage.days(), stage.events().map(({ at }) => at)]).toEqual([['2026-11-24'], [START + DAY, START]]);
    await trail.close();
    expect(stage.problems()).toEqual([]);
  });
  it('retention deletes whole days and keeps their checkpoints, and what is left verifies', async () => {
    const stage = await new TrailStage().filled();
    stage.now = START + 32 * DAY;
    const trail = await stage.open();
    await trail.record(event(99));
    await trail.close();
    expect(stage.days()).toEqual(['2026-11-25', '2026-12-25']);
    expect(readFileSync(stage.checkpointPath(), 'utf8')).toContain('"sequence":1,');
    expect(stage.problems({ keptFrom: '2026-11-25' })).toEqual([]);
  });
  it('M05: a clock that leaps ahead deletes nothing, and neither does the same clock a week later', async () => {
    const stage = await new TrailStage().filled();
    for (const later of [3650 * DAY, 3657 * DAY]) {
      stage.now = START + later;
      const trail = await stage.open();
      await trail.record(event(99));
      await trail.close();
    }
    expect(stage.days()).toEqual(['2026-11-23', '2026-11-24', '2026-11-25', '2036-11-20', '2036-11-27']);
    expect(stage.problems()).toEqual([]);
  });
  it('a trail that has gone on for a month after a pause is cleared as always', async () => {
    const stage = await new TrailStage().filled();
    for (let day = 0; day < 31; day += 1) {
      stage.now = START + (100 + day) * DAY;
      const trail = await stage.open();
      await trail.record(event(day));
      await trail.close();
    }
    expect([stage.days().length, stage.days()[0]]).toEqual([31, '2027-03-03']);
  });
  it('goes on after everything was deleted by retention: the next line hangs on the last checkpoint', async () => {
    const stage = await new TrailStage().filled();
    for (let left = stage.days().length; left > 0; left -= 1) rmSync(stage.path(0));
    stage.now = START + 40 * DAY;
    const trail = await stage.open();
    await trail.record(event(31));
    await trail.close();
    expect(stage.events().map(({ sequence }) => sequence)).toEqual([31]);
    expect(stage.problems()).toEqual([]);
  });
});

describe('starting again', () => {
  it('goes on where the chain stood, over an empty day too', async () => {
    const stage = await new TrailStage().filled();
    writeFileSync(join(stage.directory, dayFile('node-1', '2026-11-26')), '');
    stage.now = START + 4 * DAY;
    const trail = await stage.open();
    await trail.record(event(31));
    await trail.close();
    expect(stage.events().at(-1)?.sequence).toBe(31);
    expect(stage.problems()).toEqual([]);
  });
  it.each([1, 10, 200])('a last line that a crash cut %i bytes short is closed by a recovery line', async (bytes) => {
    const stage = await new TrailStage().filled();
    const whole = readFileSync(stage.path(2));
    stage.edit(stage.checkpointPath(), (lines) => lines.slice(0, -1));
    stage.head = undefined;
    truncateSync(stage.path(2), whole.length - bytes);
    const trail = await stage.open();
    await trail.record(event(31));
    await trail.close();
    expect(stage.events().slice(-2).map(({ type, sequence }) => [type, sequence])).toEqual([['trail.recovered', 30], ['login.succeeded', 31]]);
    expect(stage.events().at(-2)?.facts['tornBytes']).toBeGreaterThan(0);
    expect(stage.problems()).toEqual([]);
  });
  it('lines that the store remembers and the disk has no more are said in the trail for ever, although the head moves on', async () => {
    const stage = await new TrailStage().filled();
    stage.edit(stage.path(2), (lines) => lines.slice(0, -3));
    stage.edit(stage.checkpointPath(), (lines) => lines.slice(0, -3));
    const trail = await stage.open();
    for (let line = 0; line < 20; line += 1) await trail.record(event(line));
    await trail.close();
    expect(stage.events().find(({ type }) => type === 'trail.recovered')?.facts['missingLines']).toBe(3);
    expect(stage.problems()).toEqual(['cut-tail']);
  });
  it('refuses to go on behind a last line that is none', async () => {
    const stage = await new TrailStage().filled();
    appendFileSync(stage.path(2), 'nonsense\n');
    await rejectedWith('audit.broken', stage.open());
  });
});

describe('no audit, no login', () => {
  /** The disk is full: every write to this file says so. */
  const fill = (stage: TrailStage): (() => void) => {
    const path = join(stage.directory, dayFile('node-1', '2026-11-24'));
    stage.now = START + DAY;
    symlinkSync('/dev/full', path);
    return () => rmSync(path);
  };
  it('a full disk refuses everybody who waits, and the node is not healthy; with room again it goes on without a gap', async () => {
    const stage = new TrailStage();
    const trail = await stage.open();
    await trail.record(event(1));
    const empty = fill(stage);
    const refused = await Promise.allSettled(Array.from({ length: 20 }, (_unused, index) => trail.record(event(index))));
    expect(new Set(refused.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'recorded')))).toEqual(new Set(['audit.unavailable']));
    expect(trail.status()).toMatchObject({ healthy: false, sequence: 1, pending: 0 });
    await trail.checkpoint();
    expect(trail.status().healthy).toBe(false);
    empty();
    await trail.record(event(2));
    expect(trail.status()).toMatchObject({ healthy: true, sequence: 2 });
    await trail.close();
    expect(stage.problems()).toEqual([]);
  });
  it('nobody has to come for the node to become healthy again: the timer tries', async () => {
    const stage = new TrailStage();
    const trail = await stage.open();
    const empty = fill(stage);
    await rejectedWith('audit.unavailable', trail.record(event(1)));
    empty();
    await trail.checkpoint();
    expect(trail.status().healthy).toBe(true);
    await trail.close();
    expect(stage.events().map(({ type }) => type)).toEqual(['trail.recovered']);
    expect(stage.problems()).toEqual([]);
  });
  it('a checkpoint that cannot be written at midnight refuses the line, and nothing hangs', async () => {
    const stage = new TrailStage();
    const trail = await stage.open();
    await trail.record(event(1));
    symlinkSync('/dev/full', stage.checkpointPath());
    stage.now += DAY;
    await rejectedWith('audit.unavailable', trail.record(event(2)));
    rmSync(stage.checkpointPath());
    await trail.record(event(3));
    await trail.close();
    expect(stage.events().map(({ facts }) => facts['number'])).toEqual([1, 3]);
    expect(stage.problems()).toEqual([]);
  });
  it('a group that reached the disk by half is taken back; the next one follows what was acknowledged', async () => {
    const stage = new TrailStage();
    let half = false;
    const trail = await stage.open({}, (sink) => ({
      ...sink,
      append: async (day, text) => {
        if (!half) return sink.append(day, text);
        half = false;
        appendFileSync(join(stage.directory, dayFile('node-1', day)), text.slice(0, text.length - 20));
        throw new Error('the disk went away in the middle');
      },
    }));
    await trail.record(event(1));
    half = true;
    await rejectedWith('audit.unavailable', trail.record(event(2)));
    // The sink notices bytes that it did not write and starts over from what stands there.
    await trail.record(event(3)).catch(() => trail.record(event(3)));
    await trail.close();
    expect(stage.events().map(({ facts }) => facts['number'])).toEqual([1, 3]);
    expect(stage.problems()).toEqual([]);
  });
  it('a file that was removed or replaced under the running process is noticed before the next line, and the gap shows', async () => {
    const stage = new TrailStage();
    const trail = await stage.open();
    for (const number of [1, 2, 3]) await trail.record(event(number));
    rmSync(stage.path(0));
    await rejectedWith('audit.unavailable', trail.record(event(4)));
    await trail.record(event(5));
    await trail.close();
    expect(stage.events().map(({ sequence }) => sequence)).toEqual([4]);
    expect(stage.problems()).toContain('removed-or-reordered');
  });
  it('a second process on the same file is noticed: one of the two lines is refused, and the chain holds', async () => {
    const stage = new TrailStage();
    const [one, two] = [await stage.open(), await stage.open()];
    await one.record(event(1));
    await rejectedWith('audit.unavailable', two.record(event(2)).then(() => two.record(event(2))).then(() => one.record(event(3))));
    await one.record(event(4)).catch(() => one.record(event(4)));
    expect(stage.now).toBe(START);
    expect(stage.problems().filter((problem) => problem === 'changed')).toEqual([]);
  });
  it('an audit directory that cannot be made is an error at start', () => {
    const stage = new TrailStage();
    renameSync(stage.directory, `${stage.directory}-moved`);
    writeFileSync(stage.directory, 'a file');
    return expect(stage.open()).rejects.toThrow();
  });
  it('the head goes to the store at each checkpoint; a store that is away stops nothing', async () => {
    const stage = new TrailStage();
    const trail = await stage.open();
    await trail.record(event(1));
    await trail.checkpoint();
    expect(stage.head).toBe(`1 ${stage.events()[0]?.hash ?? ''}`);
    await trail.close();
    const away = await stage.open({ keepHead: () => Promise.reject(new Error('away')) });
    await away.record(event(2));
    await away.checkpoint();
    stage.now += MINUTE;
    await away.close();
    expect(stage.problems()).toEqual([]);
  });
});
