/** Records of the OpenID Connect face in Redis: what belongs together leaves in one round trip. */
import type { JsonValue } from '../../core/json.ts';
import { keyName } from '../names.ts';
import { GRANT_MARK_MILLISECONDS, type OidcRecord, type OidcRecordStore } from '../ports.ts';
import type { Connection } from './connection.ts';

export const oidcRecords = ({ client, sealer, clock, guard, script }: Connection): OidcRecordStore => {
  const nameOf = (model: string, id: string): string => keyName('oidc', model, id);
  const find = async (model: string, id: string): Promise<OidcRecord | undefined> => {
    const name = nameOf(model, id);
    const [sealed, consumed] = await client.hmgetBuffer(name, 's', 'c');
    if (sealed == null) return undefined;
    return { value: sealer.open(name, sealed) as { readonly [key: string]: JsonValue }, consumedAt: consumed == null ? null : Number(consumed.toString()) };
  };
  return {
    put: (model, id, { value, seconds, grant, alias }) => guard(async () => {
      const name = nameOf(model, id);
      const ttl = Math.max(1, Math.round(seconds * 1000));
      const second = alias === undefined ? null : keyName('alias', model, alias);
      const [belongs] = await Promise.all([
        grant === undefined ? 1 : script('addToGrant', keyName('grant', grant), name, ttl),
        script('putRecord', name, sealer.seal(name, value), ttl),
        second === null ? null : client.set(second, sealer.seal(second, id), 'PX', ttl),
      ]);
      if (belongs === 1) return true;
      // Nobody has been told its id yet.
      await client.unlink(name);
      return false;
    }),
    find: (model, id) => guard(() => find(model, id)),
    findByAlias: (model, alias) => guard(async () => {
      const second = keyName('alias', model, alias);
      const sealed = await client.getBuffer(second);
      if (sealed === null) return undefined;
      const id = sealer.open(second, sealed) as string;
      const found = await find(model, id);
      return found === undefined ? undefined : { ...found, id };
    }),
    consume: (model, id) => guard(async () => (await script('consume', nameOf(model, id), clock.now())) === 1),
    remove: (model, id) => guard(async () => { await client.unlink(nameOf(model, id)); }),
    removeGrant: (grant) => guard(async () => {
      const names = (await script('removeGrant', keyName('grant', grant), GRANT_MARK_MILLISECONDS)) as Buffer[];
      await Promise.all(names.map(String).filter((name) => name !== '!').map((name) => client.unlink(name)));
    }),
  };
};
