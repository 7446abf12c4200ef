/** Is this node fit to serve? Its own faults make it not ready; a shared store away is `degraded`, so that people still meet the page. */
export interface NodeState {
  readonly draining: boolean;
  readonly auditHealthy: boolean;
  /** Issuers without any revocation data yet; their cards cannot be checked. */
  readonly issuersWithoutRevocation: readonly string[];
  readonly store: 'up' | 'away';
}
export interface Readiness { readonly status: 'ready' | 'degraded' | 'not-ready'; readonly reasons: readonly string[] }

export const readinessOf = (state: NodeState): Readiness => {
  const faults = [
    ...(state.draining ? ['draining'] : []),
    ...(state.auditHealthy ? [] : ['audit trail cannot be written']),
    ...(state.issuersWithoutRevocation.length === 0 ? [] : [`no revocation data for ${state.issuersWithoutRevocation.join(', ')}`]),
  ];
  if (faults.length > 0) return { status: 'not-ready', reasons: faults };
  return state.store === 'away' ? { status: 'degraded', reasons: ['the shared store is away'] } : { status: 'ready', reasons: [] };
};
