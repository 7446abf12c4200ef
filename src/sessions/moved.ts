/** A session goes on under a new id at every fresh login of its person: whoever knows it by an earlier id follows it to where it lives. */
import { fail } from '../core/errors.ts';
import type { SessionId } from '../core/ids.ts';
import type { Stores } from './ports.ts';

/** A service that demands a fresh login at every signature makes hundreds in a day. */
const MOST_MOVES = 1000;

/** `id` first, then every id that it went on under, as far as the reader asks. Errors: `login.state`: no end in sight, which is not the end. */
export const idsOf = async function* (id: SessionId, { movedSessions }: Pick<Stores, 'movedSessions'>): AsyncGenerator<SessionId, void, undefined> {
  let current = id;
  for (let moves = 0; moves <= MOST_MOVES; moves += 1) {
    yield current;
    const next = await movedSessions.find(current);
    if (next === undefined) return;
    current = next.value;
  }
  fail('login.state', 'a session moved more often than is followed', { moves: MOST_MOVES });
};
