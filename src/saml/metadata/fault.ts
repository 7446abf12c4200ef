/** Faults in a metadata file, told to the person who can mend it: file, place, what is wrong, what to do. */
import { fail } from '../../core/errors.ts';
import type { XmlElement } from '../xml/index.ts';

export interface MetadataSource { readonly fileName: string }
/** Throws `saml.metadata`. `problem` and `fix` are whole sentences without a full stop. */
export type Fault = (element: XmlElement | null, problem: string, fix: string) => never;

export const faultIn = (source: MetadataSource): Fault => (element, problem, fix) => {
  const line = element === null ? undefined : element.line;
  const place = element === null ? source.fileName : `${source.fileName}${line === undefined ? '' : `:${line}`} (${element.localName})`;
  return fail('saml.metadata', `${place}: ${problem}; fix: ${fix}`, { file: source.fileName, ...(line === undefined ? {} : { line }), ...(element === null ? {} : { element: element.localName }), fix });
};
