/**
 * Secret files that settings files of OpenID providers name. Looked at by `check` alone: the running service reads them when it asks the
 * provider, so that one which is gone stops one party's logins and no other's.
 */
import type { Finding } from '../core/findings.ts';
import type { IdentityProvider } from '../parties/model.ts';
import { absolute, type FileLook } from './references.ts';

const faultOf = (target: string, authentication: string, hardened: boolean, look: FileLook): readonly [message: string, fix: string] | null => {
  const { exists, directory, mode } = look.facts(target);
  if (!exists || directory) return ['names a file that is not there', 'put it in place, or correct the path; relative paths begin at the root directory'];
  if (hardened && (mode & 0o077) !== 0) return ['may be read by others', 'run: chmod 0600 on it'];
  if (authentication === 'private_key_jwt') return look.publicKey(target) === null ? ['names a file that holds no private key that can be read', 'save it as PEM (PKCS#8) without a passphrase, readable by the service’s user'] : null;
  return (look.secret(target) ?? '') === '' ? ['names a file whose first line is empty, or that cannot be read', 'write the secret on its first line, readable by the service’s user'] : null;
};
export const providerSecretFaults = (providers: Iterable<IdentityProvider>, { root, hardened, look }: { readonly root: string; readonly hardened: boolean; readonly look: FileLook }): readonly Finding[] =>
  [...providers].flatMap(({ id, wire, enabled }): Finding[] => {
    if (wire.protocol !== 'oidc' || !enabled) return [];
    const fault = faultOf(absolute(root, wire.secretFile), wire.authentication, hardened, look);
    return fault === null ? [] : [{ file: `metadata/identity-providers/${id}.yaml`, line: null, column: null, path: 'oidc.secretFile', severity: 'error', rule: 'provider-secret', message: fault[0], fix: fault[1] }];
  });
