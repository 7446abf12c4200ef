/** What a command is given: the processes it may start, and where it prints. */
import type { Tools } from '../tools.ts';
import type { Print } from './output.ts';

export interface Processes {
  serve(): Promise<void>;
  demo(options: { port: number; dir: string }): Promise<void>;
  tools(): Promise<Tools>;
}
export interface Terminal { readonly print: Print; exit: number }
