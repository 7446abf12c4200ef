/** Real nginx from Debian in front of the proxy listener, with the configuration that docs/cards.md shows. */
import { describe } from 'vitest';
import { proxyRules } from './proxy-rules.ts';
import { nginx } from './proxy-stage.ts';

describe('nginx in front of the card host', () => proxyRules(nginx));
