import type { TracingSettings } from '../tracing/tracing-settings.js';
import { publicUrl } from './setting-parsers.js';
import { choice, flag, integer, optionalChoice, optionalText, text, type Parsed } from './setting.js';

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const PROTOCOLS = ['http/json', 'http/protobuf'] as const;

/** Where nothing names a collector, but traces are wanted. */
const LOCAL_COLLECTOR = 'http://localhost:4318';

/** The variables of the OpenTelemetry specification that say whether, where and what traces go. */
export const TRACING_SETTINGS = {
  OTEL_SDK_DISABLED: flag(false, 'Send no traces, whatever else is set.'),
  OTEL_TRACES_EXPORTER: optionalChoice(
    ['otlp', 'none'],
    'otlp sends traces, by OTLP over HTTP with JSON. Empty: when an endpoint is set.',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    fallback: '',
    describe: 'Address of a collector, to which /v1/traces is added, as http://collector:4318.',
    parse: publicUrl,
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: {
    fallback: '',
    describe: 'Complete address for traces, before OTEL_EXPORTER_OTLP_ENDPOINT.',
    parse: publicUrl,
  },
  OTEL_EXPORTER_OTLP_PROTOCOL: choice(
    PROTOCOLS,
    'http/json',
    'Traces go by HTTP with JSON, which collectors take where they take http/protobuf. grpc is refused.',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: {
    fallback: '',
    describe: 'Header fields for the collector, as name=value with commas, percent-encoded.',
    parse: pairs,
    secret: true,
  },
  OTEL_EXPORTER_OTLP_TIMEOUT: integer(10_000, 1, 600_000, 'Milliseconds for one message to the collector.'),
  OTEL_SERVICE_NAME: optionalText(
    'Name of this process in traces. Empty: that of OTEL_RESOURCE_ATTRIBUTES, else whisper-transcriber.',
  ),
  OTEL_RESOURCE_ATTRIBUTES: {
    fallback: '',
    describe: 'What else is said of this process in traces, as name=value with commas, percent-encoded.',
    parse: pairs,
  },
  OTEL_TRACES_SAMPLER: choice(SAMPLERS, 'parentbased_always_on', 'Which traces are kept.'),
  OTEL_TRACES_SAMPLER_ARG: text('1', 'Part of the traces that a traceidratio sampler keeps, from 0 to 1.'),
} as const;

type Values = {
  readonly [K in keyof typeof TRACING_SETTINGS]: (typeof TRACING_SETTINGS)[K] extends {
    parse: (raw: string) => Parsed<infer T>;
  }
    ? T
    : never;
};

/** Null: no traces are wanted. */
export function tracingOf(values: Values): TracingSettings | null {
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  const own = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const exporter = values.OTEL_TRACES_EXPORTER ?? (own === null && base === null ? 'none' : 'otlp');
  if (values.OTEL_SDK_DISABLED || exporter === 'none') return null;
  const resourceAttributes = values.OTEL_RESOURCE_ATTRIBUTES;
  const ratio = Number(values.OTEL_TRACES_SAMPLER_ARG);
  return {
    url: own ?? `${base ?? LOCAL_COLLECTOR}/v1/traces`,
    headers: values.OTEL_EXPORTER_OTLP_HEADERS,
    timeoutMs: values.OTEL_EXPORTER_OTLP_TIMEOUT,
    serviceName: values.OTEL_SERVICE_NAME ?? resourceAttributes['service.name'] ?? 'whisper-transcriber',
    resourceAttributes,
    sampler: values.OTEL_TRACES_SAMPLER,
    // As the specification has it, what cannot be read counts as not set.
    samplerRatio: ratio >= 0 && ratio <= 1 ? ratio : 1,
  };
}

function pairs(raw: string): Parsed<Readonly<Record<string, string>>> {
  const problem = 'must be name=value, with commas between them';
  const entries = raw.split(',').filter((entry) => entry.trim() !== '');
  try {
    const read = entries.map((entry): [string, string] => {
      const [name = '', ...value] = entry.split('=');
      return [name.trim(), decodeURIComponent(value.join('=').trim())];
    });
    const isSound = read.every(([name, value]) => /^[\w.-]+$/.test(name) && value !== '');
    return isSound ? { value: Object.fromEntries(read) } : { problem };
  } catch {
    return { problem };
  }
}
