/** What a login leaves behind for logout at the IdP. */
import type { UpstreamFacts } from '../../login/transaction.ts';
import type { NameIdContent } from '../../saml/messages/name-id.ts';

/** Under which names the IdP may end this session: with its index, and by the name alone [SAMLCore §3.7.1]. */
export const sessionKeys = ({ format, value }: NameIdContent, sessionIndexes: readonly string[]): readonly string[] =>
  (sessionIndexes.length === 0 ? ['*'] : sessionIndexes).map((index) => JSON.stringify([format, value, index]));
export const logoutMemory = (nameId: NameIdContent, sessionIndex: string | null): NonNullable<UpstreamFacts['session']> =>
  ({ keys: [...sessionKeys(nameId, []), ...(sessionIndex === null ? [] : sessionKeys(nameId, [sessionIndex]))], memory: { nameId: { ...nameId }, sessionIndex } });
