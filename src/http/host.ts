/** Whom a request is for: one Host, and ours; another name is another service, and two are for nobody (threats K08, K12). */
import type { IncomingMessage } from 'node:http';
import { fail } from '../core/errors.ts';

/** Errors: `web.host`. */
export const checkHost = ({ rawHeaders, url = '' }: Pick<IncomingMessage, 'rawHeaders' | 'url'>, expected: string): void => {
  const named = rawHeaders.filter((_value, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'host');
  if (named.length !== 1 || named[0] !== expected) fail('web.host', 'request for another host name, or for more than one'); // [RFC 9112 §3.2]
  // A target that names its host itself goes before the header [RFC 9112 §3.2.2].
  if (!url.startsWith('/') && URL.parse(url)?.host !== expected) fail('web.host', 'the target of the request names another host');
};
