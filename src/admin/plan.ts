/** `plan`: what pending files would change, for whom, before anything takes effect. Compares what serves with what is wanted; orders nothing. */
import { fail } from '../core/errors.ts';
import { describeFinding, isError, type Finding } from '../core/findings.ts';
import { changesBetween, describeChange, isRisky, type Change } from '../federation/review/changes.ts';
import type { Registry } from '../parties/model.ts';

/** What app-tools.ts reads for it. `serving` null: nothing was applied yet on this state directory. */
export interface WantedAndApplied {
  readonly wanted: { readonly version: string; readonly registry: Registry | null; readonly findings: readonly Finding[] };
  readonly serving: { readonly version: string; readonly at: number; readonly registry: Registry } | null;
  readonly reload: 'auto' | 'review';
  readonly secondPerson: boolean;
  /** Services and identity providers (party/name) whose metadata a source publishes. */
  readonly fromSources: readonly string[];
}
export interface Plan {
  readonly serving: string | null;
  readonly wanted: string;
  /** `rejected`: the files have faults and cannot be applied. */
  readonly state: 'nothing' | 'pending' | 'rejected';
  readonly risky: boolean;
  readonly needs: 'nobody' | 'one person' | 'two people';
  readonly changes: readonly Change[];
  readonly faults: readonly string[];
}
export const planOf = ({ wanted, serving, reload, secondPerson }: WantedAndApplied): Plan => {
  const faults = wanted.findings.filter(isError).map(describeFinding);
  const base = { serving: serving?.version ?? null, wanted: wanted.version };
  if (wanted.registry === null) return { ...base, state: 'rejected', risky: true, needs: 'one person', changes: [], faults };
  if (serving === null) return { ...base, state: 'pending', risky: false, needs: 'nobody', changes: [], faults };
  const changes = changesBetween(serving.registry, wanted.registry);
  const risky = isRisky(changes);
  return { ...base, state: changes.length === 0 ? 'nothing' : 'pending', risky, needs: !risky || reload === 'auto' ? 'nobody' : secondPerson ? 'two people' : 'one person', changes, faults };
};

/** Lines for people: by party and service, risky ones first within each. */
export const planLines = (plan: Plan): readonly string[] => {
  if (plan.state === 'rejected') return ['The files have faults and cannot be applied:', ...plan.faults.map((fault) => `  ${fault}`)];
  if (plan.serving === null) return ['Nothing was applied on this state directory yet: the first start takes the files as they are.'];
  if (plan.state === 'nothing') return ['Nothing would change.'];
  const names = [...new Set(plan.changes.map(({ party, service }) => service ?? party))];
  const count = plan.changes.filter(({ risk }) => risk === 'high').length;
  return [
    ...names.flatMap((name) => plan.changes.filter(({ party, service }) => (service ?? party) === name).toSorted((a, b) => (a.risk === b.risk ? 0 : a.risk === 'high' ? -1 : 1)).map((change) => `${describeChange(change)} (users of ${change.party})`)),
    '', `${plan.changes.length} change${plan.changes.length === 1 ? '' : 's'}, ${count} of high risk (!).`,
    { 'nobody': 'They are taken by themselves.', 'one person': `bryggan apply --version ${plan.wanted.slice(0, 12)}`, 'two people': `Two people: bryggan apply --version ${plan.wanted.slice(0, 12)}` }[plan.needs],
  ];
};
/** The whole version that a person's abbreviation stands for. Errors: `command.usage`. */
export const wholeVersion = (plan: Plan, given: string): string => (given.length >= 8 && plan.wanted.startsWith(given) ? plan.wanted : fail('command.usage', 'the files are no longer those of that plan: look at bryggan plan again'));
