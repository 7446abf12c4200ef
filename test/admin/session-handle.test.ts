/** A session's handle can be copied onto a command line as it is. */
import { expect, it } from 'vitest';
import { handleOf } from '../../src/admin/sessions.ts';
import type { SessionId } from '../../src/core/ids.ts';

it('no handle looks like an option, and each session has its own', () => {
  const handles = Array.from({ length: 2000 }, (_none, at) => handleOf({ id: `session-${String(at)}` as SessionId }));
  expect(handles.filter((handle) => !/^[0-9a-f]{16}$/.test(handle))).toEqual([]);
  expect(new Set(handles).size).toBe(handles.length);
});
