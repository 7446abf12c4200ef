/** Bryggan as a client of the parties' own OpenID providers: methods and callbacks. Used by app-upstreams.ts alone. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Configuration } from './config/model.ts';
import { fail } from './core/errors.ts';
import { systemClock as clock, systemRandom as random } from './core/ports.ts';
import type { OutboundClient } from './http/outbound.ts';
import type { FlowReply, LoginPorts } from './login/context.ts';
import type { AuthenticationMethod } from './login/ports.ts';
import { directLogout, logoutAnswered } from './login/logout.ts';
import { upstreamAnswered } from './login/upstream.ts';
import { methodIdOf } from './login/upstream-session.ts';
import { isOidcProvider, type OidcProvider } from './parties/model.ts';
import { speakFor } from './parties/upstream-trust.ts';
import { authenticateCallback, stateIn } from './upstreams/oidc-rp/answer.ts';
import { createIssuers } from './upstreams/oidc-rp/issuer.ts';
import { createOidcUpstream } from './upstreams/oidc-rp/method.ts';
import { readMemory, type OidcUpstreamSettings } from './upstreams/oidc-rp/model.ts';
import { acceptLogoutToken } from './upstreams/oidc-rp/logout.ts';
import { callbackPath, logoutPath } from './upstreams/oidc-rp/plugin.ts';

const LOGOUT_STEP = /^[\w-]{43}-\d{1,3}$/;
/** Discovery documents, key sets and tokens; a person waits. */
const LIMITS = { milliseconds: 5000, bytes: 300_000, httpsOnly: true };

export interface OidcUpstreams {
  readonly methodFor: (id: string, provider: OidcProvider) => AuthenticationMethod;
  readonly callback: (provider: string, rawQuery: string, ports: LoginPorts) => Promise<string>;
  readonly loggedOut: (provider: string, rawQuery: string, ports: LoginPorts) => Promise<FlowReply>;
  readonly endedThere: (provider: string, body: string, ports: LoginPorts) => Promise<void>;
}
export const openOidcUpstreams = (configuration: Pick<Configuration, 'publicUrl' | 'root' | 'clockSkewSeconds' | 'environment'>, outbound: OutboundClient): OidcUpstreams => {
  const format = configuration.environment === 'production' ? 'production' : 'tolerant';
  const settings: OidcUpstreamSettings = {
    callbackUrl: (provider) => `${configuration.publicUrl}${callbackPath(provider)}`, logoutUrl: (provider) => `${configuration.publicUrl}${logoutPath(provider)}`, clock, random, clockSkew: configuration.clockSkewSeconds,
    exchange: (url, call) => outbound.exchange(url, call, LIMITS),
    secretIn: (file) => {
      try {
        return readFileSync(isAbsolute(file) ? file : join(configuration.root, file), 'utf8');
      } catch {
        return fail('upstream.secret', 'the secret of an OpenID provider cannot be read', { file });
      }
    },
    speakFor: (claims, provider) => speakFor(claims, provider, format),
  };
  const issuerOf = createIssuers(settings);
  return {
    methodFor: (id, provider) => createOidcUpstream(id, provider, settings, issuerOf),
    callback: (called, rawQuery, ports) => {
      const handle = stateIn(rawQuery) ?? fail('upstream.unsolicited', 'an answer without state belongs to no login'); // threats D01
      return upstreamAnswered(handle, async (method, kept) => {
        const memory = readMemory(kept);
        const provider = ports.registry.current().identityProviders.get(memory.provider);
        if (provider === undefined || !isOidcProvider(provider) || methodIdOf(provider.id) !== method) return fail('upstream.disabled', 'the IdP is gone or speaks another protocol now', { provider: memory.provider });
        return authenticateCallback({ rawQuery, provider: called, handle, method }, memory, provider, settings, issuerOf);
      }, ports);
    },
    loggedOut: (called, rawQuery, ports) => {
      const mark = stateIn(rawQuery) ?? '';
      // Not signed by anybody: who comes here knows the step's secret name, from the browser that was sent away.
      if (!LOGOUT_STEP.test(mark)) return fail('upstream.unsolicited', 'a logout without state belongs to none of ours');
      return logoutAnswered(mark, methodIdOf(called), true, ports);
    },
    endedThere: async (called, body, ports) => {
      const { identityProviders, parties } = ports.registry.current();
      const provider = identityProviders.get(called);
      if (provider?.enabled !== true || parties.get(provider.party)?.enabled !== true || !isOidcProvider(provider)) return fail('upstream.disabled', 'no OpenID provider that is switched on has this name');
      const [token, more] = new URLSearchParams(body).getAll('logout_token'); // [OIDC-BCL §2.5]
      if (token === undefined || more !== undefined) return fail('upstream.unreadable', 'not exactly one logout_token');
      const wish = await acceptLogoutToken(token, provider, settings, issuerOf);
      await directLogout(wish, ports);
    },
  };
};
