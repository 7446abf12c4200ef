/**
 * Levels of assurance. Inside Bryggan a login has one of four levels; on the wire
 * each federation has its own list of URIs. URIs are compared by identity within
 * one federation's list (facts: federation §2.3, §4.1); rank serves caps and an
 * explicit minimum, better or maximum, never an exact request.
 */
export const assuranceLevels = ['loa1', 'loa2', 'loa3', 'loa4'] as const;
export type AssuranceLevel = (typeof assuranceLevels)[number];

export const rankOf = (level: AssuranceLevel): number => assuranceLevels.indexOf(level) + 1;
export const lowerOf = (a: AssuranceLevel, b: AssuranceLevel): AssuranceLevel => (rankOf(a) <= rankOf(b) ? a : b);

/** How one federation spells the levels: exactly one URI out per level, and the URIs understood in a request. */
export interface AssuranceDialect {
  readonly issue: Readonly<Partial<Record<AssuranceLevel, string>>>;
  readonly accept: Readonly<Record<string, AssuranceLevel>>;
}
export type AssuranceComparison = 'exact' | 'minimum' | 'better' | 'maximum';
/** Nothing requested = every level the service's federation can express. */
export interface RequestedAssurance {
  readonly comparison: AssuranceComparison;
  readonly uris: readonly string[];
  /** A wish, not a condition: any level answers, under the wished name where it fits [OIDC §5.5.1.1]. */
  readonly voluntary?: boolean;
}

/** URI to answer with when the person logged in at `level`, or undefined when the request cannot be met at that level [SAMLCore §3.3.2.2.1]. */
export const answerLevel = (level: AssuranceLevel, requested: RequestedAssurance | undefined, dialect: AssuranceDialect): string | undefined => {
  const issued = dialect.issue[level];
  if (issued === undefined || requested === undefined) return issued;
  const asked = requested.uris.flatMap((uri) => {
    const known = Object.hasOwn(dialect.accept, uri) ? dialect.accept[uri] : undefined;
    return known === undefined ? [] : [{ uri, level: known }];
  });
  if (asked.length === 0) return requested.voluntary === true ? issued : undefined;
  const rank = rankOf(level);
  const ranks = asked.map((entry) => rankOf(entry.level));
  switch (requested.comparison) {
    case 'exact': return asked.find((entry) => entry.level === level)?.uri ?? (requested.voluntary === true ? issued : undefined);
    case 'minimum': return ranks.some((other) => rank >= other) ? issued : undefined;
    case 'better': return ranks.every((other) => rank > other) ? issued : undefined;
    case 'maximum': return ranks.some((other) => rank <= other) ? issued : undefined;
  }
};
