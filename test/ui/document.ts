/** Reads rendered pages the way a browser does. */
import { parse, type DefaultTreeAdapterTypes as Tree, type ParserError } from 'parse5';

export interface Element { readonly tag: string; readonly attributes: Readonly<Record<string, string>>; readonly children: readonly Element[]; readonly text: string }

const isElement = (node: Tree.ChildNode): node is Tree.Element => 'tagName' in node;
const textOf = (node: Tree.ParentNode): string => node.childNodes.map((child) => ('value' in child ? child.value : isElement(child) ? textOf(child) : '')).join('');
const elementOf = (node: Tree.Element): Element => ({
  tag: node.tagName,
  attributes: Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])),
  children: node.childNodes.filter(isElement).map(elementOf),
  text: textOf(node),
});

export interface Parsed { readonly errors: readonly string[]; readonly root: Element; readonly all: readonly Element[] }
const everything = (element: Element): readonly Element[] => [element, ...element.children.flatMap(everything)];
export const parsed = (source: string): Parsed => {
  const errors: string[] = [];
  const document = parse(source, { sourceCodeLocationInfo: true, onParseError: (error: ParserError) => errors.push(`${error.code} at ${error.startLine}:${error.startCol}`) });
  const root = elementOf(document.childNodes.find((node): node is Tree.Element => 'tagName' in node)!);
  return { errors, root, all: everything(root) };
};
/** Tags and attribute names without their values: what a payload must never change. */
export const skeleton = (element: Element): string => `${element.tag}[${Object.keys(element.attributes).sort().join()}](${element.children.map(skeleton).join()})`;
export const withTag = (document: Parsed, tag: string): readonly Element[] => document.all.filter((element) => element.tag === tag);
export const one = (document: Parsed, test: (element: Element) => boolean): Element => {
  const found = document.all.filter(test);
  if (found.length !== 1) throw new Error(`${found.length} elements instead of one`);
  return found[0]!;
};
