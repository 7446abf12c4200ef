/**
 * Namespaces bound at a place, by prefix; `''` is the default one. A chain of small parts: an element that declares nothing shares
 * its parent's scope, and the same declarations below the same scope are the same object, so that scopes can be compared by identity.
 */
import { XML_NAMESPACE } from './names.ts';

/** Prefix, URI, prefix, URI … */
export type Bindings = readonly string[];
export interface NamespaceScope {
  readonly parent: NamespaceScope | null;
  readonly bindings: Bindings;
  /** Bindings in the whole chain. */
  readonly size: number;
  /** Scopes made below this one. */
  readonly below: Map<string, NamespaceScope>;
  /** How many more may be remembered in this document; further ones are made anew. */
  readonly memory: { left: number };
}
const REMEMBERED = 512;
/** Stands in no namespace and no prefix, since XML forbids it. */
const BETWEEN = '\u0000';

const make = (parent: NamespaceScope | null, bindings: Bindings): NamespaceScope => ({
  parent, bindings, size: bindings.length / 2 + (parent?.size ?? 0), below: new Map(), memory: parent?.memory ?? { left: REMEMBERED },
});

/** URI that the prefix is bound to; undefined when it is not. */
export const lookUp = (from: NamespaceScope, prefix: string): string | undefined => {
  for (let scope: NamespaceScope | null = from; scope !== null; scope = scope.parent) {
    const { bindings } = scope;
    for (let at = 0; at < bindings.length; at += 2) if (bindings[at] === prefix) return bindings[at + 1];
  }
  return undefined;
};
export const extend = (scope: NamespaceScope, bindings: Bindings): NamespaceScope => {
  if (bindings.length === 0) return scope;
  const key = bindings.join(BETWEEN);
  const known = scope.below.get(key);
  if (known !== undefined) return known;
  if (scope.memory.left === 0) return make(scope, bindings);
  scope.memory.left -= 1;
  // Cut from the key, so that no chunk of a stream is held by a name.
  const made = make(scope, key.split(BETWEEN));
  scope.below.set(key, made);
  return made;
};
/** Everything that is bound, the nearest first. */
export const allBindings = (from: NamespaceScope): Bindings => {
  const found = new Map<string, string>();
  for (let scope: NamespaceScope | null = from; scope !== null; scope = scope.parent) {
    for (let at = 0; at < scope.bindings.length; at += 2) if (!found.has(scope.bindings[at] ?? '')) found.set(scope.bindings[at] ?? '', scope.bindings[at + 1] ?? '');
  }
  return [...found].flat();
};
/** Of a document, before its root has declared anything. One for each document, since scopes remember. */
export const documentScope = (): NamespaceScope => make(null, ['', '', 'xml', XML_NAMESPACE]);
/** What canonicalisation has written before the apex: nothing. */
export const nothingRendered = (): NamespaceScope => make(null, []);
