/** What a request says about the browser that sent it. */
import type { FastifyRequest } from 'fastify';
import type { Browser } from '../login/context.ts';
import type { Locale } from '../core/locale.ts';
import { choicesIn, languageIn, lastMethodIn, lastOrganisationIn, parseCookies, sessionIdIn, transactionSecretIn } from './cookies.ts';

/** Swedish unless the browser clearly prefers English. */
const preferred = (header: string | undefined): Locale => {
  for (const part of (header ?? '').slice(0, 200).split(',')) {
    const tag = part.trim().slice(0, 2).toLowerCase();
    if (tag === 'sv') return 'sv';
    if (tag === 'en') return 'en';
  }
  return 'sv';
};

/** What the person chose, else what the service asks for, else what the browser prefers. */
export const localeOf = (request: FastifyRequest, wished: Locale | null = null): Locale => languageIn(parseCookies(request.headers.cookie)) ?? wished ?? preferred(request.headers['accept-language']);

export const browserOf = (request: FastifyRequest): Browser => {
  const cookies = parseCookies(request.headers.cookie);
  return {
    sessionId: sessionIdIn(cookies),
    transactionSecret: transactionSecretIn(cookies),
    lastMethod: lastMethodIn(cookies),
    lastOrganisation: lastOrganisationIn(cookies),
    rememberedChoices: choicesIn(cookies),
    address: request.ip,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, 300),
    locale: languageIn(cookies),
  };
};
