/** What a step or a face wants to say to a browser, without knowing the web framework. */
export interface PostForm { readonly kind: 'post-form'; readonly action: string; readonly fields: Readonly<Record<string, string>> }
export interface RedirectTo { readonly kind: 'redirect'; readonly to: string }
/** The answer to the asking service, in its protocol, ready to leave through the browser. */
export type ProtocolAnswer = PostForm | RedirectTo;
