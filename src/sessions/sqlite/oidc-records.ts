/** Records of the OpenID Connect face in SQLite. */
import type { JsonValue } from '../../core/json.ts';
import { keyName } from '../names.ts';
import { GRANT_MARK_MILLISECONDS, type OidcRecord, type OidcRecordStore } from '../ports.ts';
import type { Medium, RecordRow } from './medium.ts';

export const oidcRecords = ({ run, atomic, sealer, at, versioned }: Medium): OidcRecordStore => {
  const nameOf = (model: string, id: string): string => keyName('oidc', model, id);
  const record = (name: string, row: RecordRow | undefined): OidcRecord | undefined =>
    row === undefined ? undefined : { value: sealer.open(name, row.value) as { readonly [key: string]: JsonValue }, consumedAt: row.consumed };
  return {
    put: (model, id, { value, seconds, grant, alias }) => at((now) => {
      const name = nameOf(model, id);
      const second = alias === undefined ? null : keyName('alias', model, alias);
      return atomic.putRecord({
        name, value: sealer.seal(name, value), until: now + seconds * 1000, grant: grant === undefined ? null : keyName('grant', grant),
        alias: second === null ? null : { name: second, value: sealer.seal(second, id) },
      }, now);
    }),
    find: (model, id) => at((now) => record(nameOf(model, id), run.findRecord.get(nameOf(model, id), now))),
    findByAlias: (model, alias) => at((now) => {
      const second = keyName('alias', model, alias);
      const id = versioned<string>(second, run.find.get(second, now))?.value;
      if (id === undefined) return undefined;
      const found = record(nameOf(model, id), run.findRecord.get(nameOf(model, id), now));
      return found === undefined ? undefined : { ...found, id };
    }),
    consume: (model, id) => at((now) => run.consumeRecord.run(now, nameOf(model, id), now).changes === 1),
    remove: (model, id) => at(() => { run.removeRecord.run(nameOf(model, id)); }),
    removeGrant: (grant) => at((now) => {
      const name = keyName('grant', grant);
      atomic.removeGrant(name, sealer.seal(name, true), now + GRANT_MARK_MILLISECONDS);
    }),
  };
};
