/**
 * Traces by OpenTelemetry: where a request's time goes, through both faces and into stores and directory. Spans carry names, routes and
 * codes, never a value of a person or a message. Nothing is loaded and nothing wrapped where no collector is configured.
 */
import { context, SpanKind, SpanStatusCode, trace, type Context, type Span, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace';
import { isBrygganError } from '../core/errors.ts';

export interface TracingSettings {
  /** Address of an OTLP/HTTP collector for traces. */
  readonly endpoint: string;
  /** Share of requests that are traced, unless the caller decided already. */
  readonly ratio: number;
  readonly node: string;
}
export interface Tracing {
  /** The same object, each of its methods a span named `<name>.<method>`. */
  wrap<T extends object>(name: string, port: T): T;
  /** Runs what follows in a span of its own, under the caller's trace where it sent one [W3C Trace Context]. `key`: the request. */
  begin(key: object, request: { readonly method: string; readonly route: string; readonly headers: Readonly<Record<string, unknown>> }, follow: () => void): void;
  /** The request's answer: its span ends. */
  answered(key: object, status: number): void;
  close(): Promise<void>;
}

/** W3C `traceparent`; anything else is no parent. */
const parentOf = (headers: Readonly<Record<string, unknown>>): Context => {
  const value = headers['traceparent'];
  const found = typeof value === 'string' ? /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(value) : null;
  const [, traceId = '', spanId = '', flags = ''] = found ?? [];
  if (found === null || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return context.active();
  return trace.setSpanContext(context.active(), { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true });
};

const settle = (span: Span, error: unknown): void => {
  span.setStatus({ code: SpanStatusCode.ERROR, message: isBrygganError(error) ? error.code : 'internal' });
  span.end();
};
const inSpan = <T>(tracer: Tracer, name: string, work: () => T): T => {
  const span = tracer.startSpan(name);
  return context.with(trace.setSpan(context.active(), span), () => {
    try {
      const result = work();
      if (!(result instanceof Promise)) {
        span.end();
        return result;
      }
      return (result as Promise<unknown>).then((value) => { span.end(); return value; }, (error: unknown) => { settle(span, error); throw error; }) as T;
    } catch (error) {
      settle(span, error);
      throw error;
    }
  });
};

const wrapped = <T extends object>(tracer: Tracer, name: string, port: T): T => new Proxy(port, {
  get: (target, key, receiver) => {
    const member: unknown = Reflect.get(target, key, receiver);
    if (typeof key !== 'string') return member;
    if (typeof member === 'function') return (...args: unknown[]): unknown => inSpan(tracer, `${name}.${key}`, () => (member as (...all: unknown[]) => unknown).apply(target, args));
    // Ports made of ports, as the stores are.
    return typeof member === 'object' && member !== null ? wrapped(tracer, `${name}.${key}`, member) : member;
  },
});

/** `processor` takes the place of the exporter in tests. */
export const createTracing = (settings: TracingSettings, processor?: SpanProcessor): Tracing => {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'bryggan', 'service.instance.id': settings.node }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.ratio) }),
    spanProcessors: [processor ?? new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: settings.endpoint, timeoutMillis: 3000 }) })],
  });
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  const tracer = provider.getTracer('bryggan');
  const open = new WeakMap<object, Span>();
  return {
    wrap: (name, port) => wrapped(tracer, name, port),
    begin: (key, { method, route, headers }, follow) => {
      const span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes: { 'http.request.method': method, 'http.route': route } }, parentOf(headers));
      open.set(key, span);
      context.with(trace.setSpan(context.active(), span), follow);
    },
    answered: (key, status) => {
      const span = open.get(key);
      span?.setAttribute('http.response.status_code', status);
      if (status >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
      span?.end();
    },
    close: async () => {
      await provider.shutdown();
      context.disable();
    },
  };
};
