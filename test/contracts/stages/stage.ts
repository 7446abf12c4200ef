/** One kind of directory, filled with given people. */
import type { DirectoryPerson, Employment, PersonDirectory } from '../../../src/directory/model.ts';

export interface OpenedDirectory { readonly withFeigned: PersonDirectory; readonly withoutFeigned: PersonDirectory; stop(): Promise<void> }
export interface DirectoryStage {
  readonly name: string;
  /** Facts that this kind of source cannot hold, as they come out of it. */
  readonly lacks: (post: Employment) => Partial<Employment>;
  open(people: readonly DirectoryPerson[], now: number): Promise<OpenedDirectory>;
}
