/** Values that live for a while under an id, in Redis. */
import { keyName, type Kind } from '../names.ts';
import type { LeasedRecords, Records } from '../ports.ts';
import type { Connection } from './connection.ts';

export const records = <T>(kind: Kind, { client, sealer, clock, guard, script, versioned }: Connection): Records<T> => ({
  create: (id, value, seconds) => guard(async () => {
    const name = keyName(kind, id);
    await script('create', name, sealer.seal(name, value), clock.now() + seconds * 1000, Math.max(1, Math.round(seconds * 1000)));
  }),
  find: (id) => guard(async () => versioned<T>(keyName(kind, id), await client.hmgetBuffer(keyName(kind, id), 'v', 's'))),
  replace: (id, value, version) => guard(async () => {
    const name = keyName(kind, id);
    return (await script('replace', name, sealer.seal(name, value), String(version))) === 1;
  }),
});

export const leasedRecords = <T>(kind: Kind, connection: Connection): LeasedRecords<T> => {
  const { sealer, clock, guard, script, versioned } = connection;
  return {
    ...records<T>(kind, connection),
    take: (id) => guard(async () => {
      const name = keyName(kind, id);
      const sealed = (await script('take', name)) as Buffer | null;
      return sealed === null ? undefined : (sealer.open(name, sealed) as T);
    }),
    lease: (id, holder, milliseconds) => guard(async () => {
      const name = keyName(kind, id);
      const now = clock.now();
      const answer = (await script('lease', name, holder, now, now + milliseconds)) as readonly [number, Buffer, Buffer] | null;
      const value = answer === null ? undefined : versioned<T>(name, [answer[1], answer[2]]);
      return answer === null || value === undefined ? undefined : { ...value, granted: answer[0] === 1 };
    }),
    settle: (id, holder, value, pause) => guard(async () => {
      const name = keyName(kind, id);
      return (await script('settle', name, holder, sealer.seal(name, value), clock.now() + pause)) === 1;
    }),
  };
};
