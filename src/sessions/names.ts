/** Key names from hashed parts: nothing that anybody sent, and no session id, is ever readable in a store (threats K02, K06). */
import { createHash } from 'node:crypto';

export type Kind = 'session' | 'transaction' | 'logout' | 'moved' | 'replay' | 'rate' | 'shared' | 'oidc' | 'grant' | 'alias' | 'order';
export const keyName = (kind: Kind, ...parts: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return `${kind}:${hash.digest('base64url')}`;
};
/** Name under which a field of a session is sealed: bound to session and field both. */
export const fieldName = (session: string, field: string): string => `${session}#${keyName('session', field).slice(8)}`;
