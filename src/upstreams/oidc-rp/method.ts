/** An issuer as the login sees it: a method that exists as long as the registry holds it and both it and its party are switched on. */
import { lowerOf } from '../../core/assurance.ts';
import { fail } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import type { AuthenticationMethod } from '../../login/ports.ts';
import type { OidcProvider } from '../../parties/model.ts';
import type { IssuerOf } from './issuer.ts';
import { oidcLogout } from './logout.ts';
import type { OidcUpstreamSettings } from './model.ts';
import { startAuthorization } from './start.ts';

export const createOidcUpstream = (id: string, provider: OidcProvider, settings: OidcUpstreamSettings, issuerOf: IssuerOf): AuthenticationMethod => ({
  id, kind: 'upstream', names: provider.names, highestLevel: provider.trust.highestLevel,
  levels: [...new Set([...provider.trust.levels.values()].map((level) => lowerOf(level, provider.trust.highestLevel)))],
  startUrl: () => fail('internal', 'an IdP is started with a message'),
  upstream: {
    provider: provider.id, party: provider.party, logout: oidcLogout(provider, settings),
    start: async (wish) => {
      const { answer, memory } = await startAuthorization(wish, provider, settings, issuerOf);
      return { answer, memory: memory as unknown as Readonly<Record<string, JsonValue>> };
    },
  },
  recheck: () => undefined,
});
