import type { ErrorText } from '../../core/error-catalogue.ts';

/** One refusal as a person reads it: what it is called, what happened, what to do now. */
export interface ErrorMessage { readonly title: string; readonly happened: string; readonly todo: string }
export type ErrorMessages = Readonly<Record<ErrorText, ErrorMessage>>;
