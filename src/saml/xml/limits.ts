/** Caps, checked before work is done. The defaults fit every message and every single entity of metadata; aggregates are streamed. */
export interface XmlLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly maxElements: number;
  readonly maxAttributes: number;
  readonly maxNamespaces: number;
  readonly maxTextLength: number;
}
export const defaultLimits: XmlLimits = { maxBytes: 1_048_576, maxDepth: 64, maxElements: 20_000, maxAttributes: 64, maxNamespaces: 256, maxTextLength: 524_288 };
