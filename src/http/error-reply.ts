/** The only place where an error becomes a reply: catalogue row → page, status, audit line, log line, reference. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { BrygganError, isBrygganError, toBrygganError } from '../core/errors.ts';
import { errorCatalogue } from '../core/error-catalogue.ts';
import { referenceOf } from '../core/secrets.ts';
import { lineOf } from '../login/audit-lines.ts';
import { bareFrame } from '../login/frame.ts';
import type { LoginPorts } from '../login/context.ts';
import { recordStranger } from '../login/stranger-line.ts';
import { sendPage, type ReplyTools } from './reply-page.ts';

/** Framework errors that are the client's doing. */
const fromFramework = (error: FastifyError): BrygganError | undefined => {
  if (error.statusCode === 413) return new BrygganError('binding.too-large', 'body above the limit');
  if (error.statusCode === 415) return new BrygganError('web.parameter', 'content type not accepted here');
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) return new BrygganError('web.parameter', error.code);
  return undefined;
};

export const createErrorReply = (ports: LoginPorts, tools: ReplyTools) => async (thrown: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
  let error = isBrygganError(thrown) ? thrown : (fromFramework(thrown as FastifyError) ?? toBrygganError(thrown));
  // The same request refused for the same reason keeps its reference through a reload.
  const reference = referenceOf(ports.settings.secret, 'error', error.code, request.url, typeof request.body === 'string' ? request.body : '');
  if (errorCatalogue[error.code].audited) {
    try {
      await recordStranger(lineOf('request.refused', { reference, code: error.code, facts: { ...error.facts, detail: error.detail.slice(0, 300) } }), request.ip, ports);
    } catch (auditError) {
      error = toBrygganError(auditError);
    }
  }
  const row = errorCatalogue[error.code];
  const unexpected = error.code === 'internal' && error.cause instanceof Error ? { stack: error.cause.stack?.split('\n').slice(0, 6).join(' | ') } : {};
  ports.log[row.log]({ code: error.code, reference, detail: error.detail, route: request.routeOptions.url ?? 'none', ...unexpected }, 'request refused');
  return sendPage(request, reply, { page: { kind: 'error', code: error.code, answer: null, retry: null }, status: row.http, context: { ...bareFrame(ports), reference } }, tools);
};
