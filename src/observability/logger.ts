/** observability: what operations see. Owns the logger, metrics and health. Does not own: the audit trail (audit/), which is evidence. */
import { pino, type DestinationStream } from 'pino';
import type { Log, LogFields } from '../core/ports.ts';
import { redactFields, redactText } from './redaction.ts';

export interface LoggerOptions { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly pseudonymKey: string; readonly destination?: DestinationStream }

/** One JSON object a line; every text passes the redaction. */
export const createLogger = ({ level, pseudonymKey, destination }: LoggerOptions): Log => {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label: string) => ({ level: label }) } };
  const logger = destination === undefined ? pino(options) : pino(options, destination);
  const say = (at: 'debug' | 'info' | 'warn' | 'error') => (fields: LogFields, message: string): void => {
    if (logger.isLevelEnabled(at)) logger[at](redactFields(fields, pseudonymKey), redactText(message, pseudonymKey));
  };
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
};
