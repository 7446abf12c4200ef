/** Differences that no rule names: a change must not hide beside a harmless one for want of a sentence of its own. */
import type { Difference } from './model.ts';

const spelledOut = (_key: string, value: unknown): unknown => (value instanceof Map ? [...value as Map<unknown, unknown>] : value);
/** As text, maps spelled out. Keys (KeyObject) say nothing here; the certificate beside each does. */
export const spelled = (value: unknown): string => JSON.stringify(value, spelledOut) ?? '';
export const unruled = (before: object, after: object, ruled: ReadonlySet<string>): readonly Difference[] => {
  const [old, now] = [new Map<string, unknown>(Object.entries(before)), new Map<string, unknown>(Object.entries(after))];
  const names = [...new Set([...old.keys(), ...now.keys()])].filter((name) => !ruled.has(name) && spelled(old.get(name)) !== spelled(now.get(name)));
  return names.length === 0 ? [] : [{ kind: 'other', risk: 'high', says: `differs in ${names.join(', ')}, for which there is no rule` }];
};
