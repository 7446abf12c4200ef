/**
 * How sources become the directory that a login asks: each behind its breaker and its cache, all combined by precedence. The
 * YAML shape of these settings stands here, beside what they mean; config/ puts it under `directory.yaml`.
 */
import { z } from 'zod';
import type { AssuranceLevel } from '../core/assurance.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { FeignedObjects } from './answer.ts';
import { withBreaker } from './breaker.ts';
import { defaultLifetimes, factKinds, withCache, type CachedDirectory, type CacheSettings } from './cache.ts';
import { combineDirectories, type Precedence } from './combined.ts';
import type { PersonDirectory, PersonKey } from './model.ts';

const seconds = z.int().min(0).max(86_400);
const names = z.array(z.string().min(1)).min(1);
export const layersSchema = z.strictObject({
  precedence: z.strictObject({ post: names, commissions: names, professional: names, roles: names }).exactOptional()
    .meta({ description: 'sources by kind of fact, most trusted first; left out when there is one source' }),
  lifetimes: z.strictObject({
    post: seconds.default(defaultLifetimes.post), commissions: seconds.default(defaultLifetimes.commissions),
    professional: seconds.default(defaultLifetimes.professional), roles: seconds.default(defaultLifetimes.roles),
  }).prefault({}).meta({ description: 'seconds for which facts of a kind are believed without asking again' }),
  absenceSeconds: seconds.default(30).meta({ description: 'seconds for which "no such person" is believed' }),
  staleSeconds: z.strictObject({ loa1: seconds.default(3600), loa2: seconds.default(3600), loa3: seconds.default(3600), loa4: seconds.default(0) }).prefault({})
    .meta({ description: 'greatest age of facts that may serve while the source is away, by level of the login; 0 = never' }),
  maxPeople: z.int().min(1).max(1_000_000).default(20_000).meta({ description: 'people remembered per source' }),
  breaker: z.strictObject({ failures: z.int().min(1).max(1000).default(5), restSeconds: seconds.default(30) }).prefault({})
    .meta({ description: 'after so many failures in a row a source is left alone for so long' }),
});
export type LayerSettings = z.output<typeof layersSchema>;

export interface Layers {
  readonly sources: ReadonlyMap<string, PersonDirectory>;
  readonly settings: LayerSettings;
  readonly feigned: FeignedObjects;
  readonly clock: Clock;
  readonly log: Log;
  /** Counted per source, never per person. */
  /** Sources that hold everybody themselves: asked every time, so that a change of theirs counts at once. */
  readonly inMemory?: ReadonlySet<string>;
  readonly observe?: (source: string, event: Parameters<NonNullable<CacheSettings['observe']>>[0] | 'open' | 'closed') => void;
}

const layered = (name: string, source: PersonDirectory, precedence: Precedence, { settings, feigned, clock, log, observe }: Layers): CachedDirectory => {
  const guarded = withBreaker(source, {
    ...settings.breaker, clock,
    onChange: (state) => {
      observe?.(name, state);
      if (state === 'open') log.error({ source: name }, 'a directory failed several times in a row and is left alone for a while');
      else log.info({ source: name }, 'a directory answers again');
    },
  });
  const { lifetimes, absenceSeconds, maxPeople } = settings;
  const staleSeconds: Readonly<Record<AssuranceLevel, number>> = settings.staleSeconds;
  return withCache(guarded, { kinds: factKinds.filter((kind) => precedence[kind].includes(name)), lifetimes, absenceSeconds, staleSeconds, maxPeople, feigned, clock, observe: (event) => observe?.(name, event) });
};

/** Errors: `directory.source` when the precedence names a source that is not there, or is missing beside several sources. */
export const layerDirectories = (layers: Layers): CachedDirectory => {
  const all = [...layers.sources.keys()];
  const [single = '', ...more] = all;
  const precedence: Precedence = layers.settings.precedence ?? { post: [single], commissions: [single], professional: [single], roles: [single] };
  const asked = layers.settings.precedence === undefined && more.length > 0 ? { ...precedence, post: [] } : precedence;
  const used = [...layers.sources].filter(([name]) => Object.values(asked).some((list) => list.includes(name)));
  const cached = used.map(([name, source]): readonly [string, CachedDirectory] => [name, layers.inMemory?.has(name) === true ? { ...source, forget: () => undefined } : layered(name, source, asked, layers)]);
  const combined = combineDirectories(new Map(cached), asked);
  return {
    find: (key, options) => combined.find(key, options),
    forget: (key: PersonKey) => { for (const [, source] of cached) source.forget(key); },
  };
};
