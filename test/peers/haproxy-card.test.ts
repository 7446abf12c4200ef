/** Real haproxy from Debian in front of the proxy listener, with the configuration that docs/cards.md shows. */
import { describe } from 'vitest';
import { proxyRules } from './proxy-rules.ts';
import { haproxy } from './proxy-stage.ts';

describe('haproxy in front of the card host', () => proxyRules(haproxy));
