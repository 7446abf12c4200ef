/** A request is for one host, and for ours (threats K08, K12). */
import { describe, it } from 'vitest';
import { checkHost } from '../../src/http/host.ts';
import { refusedWith } from '../fixtures/refused.ts';

const OURS = 'idp.example.se';
const check = (url: string, ...hosts: readonly string[]): void => { checkHost({ url, rawHeaders: ['Accept', 'host', ...hosts.flatMap((host) => ['Host', host])] }, OURS); };

describe('K08: the host of a request', () => {
  it.each(['/me', '/me?next=http://evil.example/', '//evil.example/', `https://${OURS}/me`])('%s for our own host is taken', (url) => { check(url, OURS); });
  it.each<readonly [string, string, readonly string[]]>([
    ['none', '/me', []], ['another', '/me', ['evil.example']], ['ours and then another [RFC 9112 §3.2]', '/me', [OURS, 'evil.example']], ['another and then ours', '/me', ['evil.example', OURS]], ['ours twice', '/me', [OURS, OURS]],
    ['another port', '/me', [`${OURS}:8443`]], ['a target that names another', 'http://evil.example/me', [OURS]], ['a target that is none', '*', [OURS]],
  ])('%s is refused', (_what, url, hosts) => { refusedWith('web.host', () => check(url, ...hosts)); });
});
