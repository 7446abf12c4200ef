/** Turns what the login says into an HTTP answer. The only code that writes pages, cookies and redirects. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LoginPorts, FlowReply, FrameContext } from '../login/context.ts';
import type { Page, PageFrame } from '../login/pages.ts';
import { localeOf } from './browser.ts';
import { setCookies } from './cookies.ts';

/** The renderer, as http/ sees it (ui/ implements it; app.ts connects them). */
export interface Ui {
  render(page: Page, frame: PageFrame): string;
  headers(page: Page, frame: PageFrame): Readonly<Record<string, string>>;
  /** A QR code as an SVG document. */
  picture(text: string): string;
}
export interface ReplyTools { readonly ui: Ui; readonly environment: LoginPorts['settings']['environment']; readonly transactionSeconds: number }

const frameFor = (request: FastifyRequest, context: FrameContext, tools: ReplyTools): PageFrame => {
  const locale = localeOf(request, context.locale ?? null);
  return { ...context, locale, environment: tools.environment, otherLanguageUrl: `/language/${locale === 'sv' ? 'en' : 'sv'}` };
};

/** [RFC 9110 §10.2.3] */
const RETRY_SECONDS: Readonly<Record<number, string>> = { 429: '60', 503: '5' };
export interface Shown { readonly page: Page; readonly status: number; readonly context: FrameContext }
export const sendPage = (request: FastifyRequest, reply: FastifyReply, { page, status, context }: Shown, tools: ReplyTools): FastifyReply => {
  const frame = frameFor(request, context, tools);
  void reply.code(status).headers(tools.ui.headers(page, frame)).type('text/html; charset=utf-8');
  const wait = RETRY_SECONDS[status];
  if (wait !== undefined) void reply.header('retry-after', wait);
  return reply.send(tools.ui.render(page, frame));
};

export const sendFlow = (request: FastifyRequest, reply: FastifyReply, flow: FlowReply, tools: ReplyTools): FastifyReply => {
  const { content } = flow;
  if (flow.cookies.length > 0) void reply.header('set-cookie', setCookies(flow.cookies, tools.transactionSeconds));
  void reply.header('cache-control', 'no-store');
  switch (content.kind) {
    case 'page': return sendPage(request, reply, { page: content.page, status: content.status, context: flow.frame }, tools);
    // 303: the method becomes GET and no body travels on (facts: federation §6.1).
    case 'redirect': return reply.code(303).header('location', content.to).send();
    case 'answer':
      return content.answer.kind === 'redirect'
        ? reply.code(303).header('location', content.answer.to).send()
        : sendPage(request, reply, { page: { kind: 'on-the-way', form: content.answer }, status: 200, context: flow.frame }, tools);
  }
};
