/** An IdP as the login sees it: a method that exists as long as the registry holds the IdP and both it and its party are switched on. */
import { lowerOf } from '../../core/assurance.ts';
import { fail } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import type { AuthenticationMethod } from '../../login/ports.ts';
import type { SamlProvider } from '../../parties/model.ts';
import { samlLogout } from './logout.ts';
import { startRequest } from './request.ts';
import type { SamlUpstreamSettings } from './model.ts';

export const createSamlUpstream = (id: string, provider: SamlProvider, settings: SamlUpstreamSettings): AuthenticationMethod => {
  const logout = samlLogout(provider, settings);
  return {
    id, kind: 'upstream', names: provider.names, highestLevel: provider.trust.highestLevel,
    levels: [...new Set([...provider.trust.levels.values()].map((level) => lowerOf(level, provider.trust.highestLevel)))],
    startUrl: () => fail('internal', 'an IdP is started with a message'),
    upstream: {
      provider: provider.id, party: provider.party, ...(logout === undefined ? {} : { logout }),
      start: async (wish) => {
        const { answer, memory } = await startRequest(wish, provider, settings);
        return { answer, memory: memory as unknown as Readonly<Record<string, JsonValue>> };
      },
    },
    // The method is looked up in the serving registry at every use: that it is found says all that can be known here.
    recheck: () => undefined,
  };
};
