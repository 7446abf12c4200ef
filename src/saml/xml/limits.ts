/** Caps, checked before work is done. The defaults fit every message and every single entity of metadata; aggregates are streamed. */
export interface XmlLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly maxElements: number;
  /** Of one element, declarations of namespaces included. */
  readonly maxAttributes: number;
  /** In scope at one element. */
  readonly maxNamespaces: number;
  /** Of one run of text, one attribute value, one comment or instruction; in characters, in a stream in bytes. */
  readonly maxTextLength: number;
}
export const defaultLimits: XmlLimits = { maxBytes: 1_048_576, maxDepth: 64, maxElements: 20_000, maxAttributes: 64, maxNamespaces: 128, maxTextLength: 524_288 };
/** A national aggregate is about 100 MB, the world's largest about 200 MB. */
export const aggregateLimits: XmlLimits = { maxBytes: 536_870_912, maxDepth: 64, maxElements: 20_000_000, maxAttributes: 64, maxNamespaces: 128, maxTextLength: 524_288 };
