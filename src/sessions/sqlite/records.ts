/** Values that live for a while under an id, in SQLite. */
import { keyName, type Kind } from '../names.ts';
import type { LeasedRecords, Records } from '../ports.ts';
import type { Medium } from './medium.ts';

export const records = <T>(kind: Kind, { run, atomic, sealer, at, versioned }: Medium): Records<T> => ({
  create: (id, value, seconds) => at((now) => {
    const name = keyName(kind, id);
    atomic.create(name, sealer.seal(name, value), now + seconds * 1000);
  }),
  find: (id) => at((now) => versioned<T>(keyName(kind, id), run.find.get(keyName(kind, id), now))),
  replace: (id, value, version) => at((now) => {
    const name = keyName(kind, id);
    return run.replace.run(sealer.seal(name, value), name, version, now).changes === 1;
  }),
});

export const leasedRecords = <T>(kind: Kind, medium: Medium): LeasedRecords<T> => {
  const { atomic, sealer, at, versioned } = medium;
  return {
    ...records<T>(kind, medium),
    take: (id) => at((now) => versioned<T>(keyName(kind, id), atomic.take(keyName(kind, id), now))?.value),
    lease: (id, holder, milliseconds) => at((now) => {
      const name = keyName(kind, id);
      const row = atomic.lease(name, holder, now + milliseconds, now);
      const value = versioned<T>(name, row);
      return row === undefined || value === undefined ? undefined : { ...value, granted: row.granted };
    }),
    settle: (id, holder, value, pause) => at((now) => {
      const name = keyName(kind, id);
      return atomic.settle(name, holder, sealer.seal(name, value), now + pause, now);
    }),
  };
};
