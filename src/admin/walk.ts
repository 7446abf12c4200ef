/** What a test login asks of the browser that app-walk.ts makes. */
export interface TestCard { readonly certificateFile: string; readonly keyFile: string }
export interface WalkOptions { /** Host names that are ours: nobody else is asked. */ readonly ours: readonly string[]; readonly card: TestCard | null; readonly ca: string | null }
export type WalkEnd =
  | { readonly kind: 'answer'; readonly address: string; readonly response: string; readonly steps: readonly string[] }
  | { readonly kind: 'redirect'; readonly address: string; readonly steps: readonly string[] }
  | { readonly kind: 'stopped'; readonly page: string; readonly status: number; readonly steps: readonly string[] };
export type Walk = (start: string, options: WalkOptions) => Promise<WalkEnd>;
