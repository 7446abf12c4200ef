/** Is this node fit to serve? Its own faults make it not ready; a shared store away or a clock that seems wrong is `degraded`, so that people still meet the page. */
export interface NodeState {
  readonly draining: boolean;
  readonly auditHealthy: boolean;
  /** Issuers without any revocation data yet; their cards cannot be checked. */
  readonly issuersWithoutRevocation: readonly string[];
  readonly store: 'up' | 'away';
  /** Seconds by which most services say that our clock is ahead; negative: behind; null: they do not. */
  readonly clockOffSeconds: number | null;
}
export interface Readiness { readonly status: 'ready' | 'degraded' | 'not-ready'; readonly reasons: readonly string[] }

export const readinessOf = (state: NodeState): Readiness => {
  const faults = [
    ...(state.draining ? ['draining'] : []),
    ...(state.auditHealthy ? [] : ['audit trail cannot be written']),
    ...(state.issuersWithoutRevocation.length === 0 ? [] : [`no revocation data for ${state.issuersWithoutRevocation.join(', ')}`]),
  ];
  if (faults.length > 0) return { status: 'not-ready', reasons: faults };
  const { clockOffSeconds } = state;
  const doubts = [
    ...(state.store === 'away' ? ['the shared store is away'] : []),
    ...(clockOffSeconds === null ? [] : [`by the requests of most services this node's clock is ${Math.abs(clockOffSeconds)} seconds ${clockOffSeconds > 0 ? 'ahead' : 'behind'}`]),
  ];
  return { status: doubts.length > 0 ? 'degraded' : 'ready', reasons: doubts };
};
