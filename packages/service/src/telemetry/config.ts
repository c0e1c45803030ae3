import { z } from 'zod';
import { readBuildInfo } from '../build-info.ts';

export interface TelemetryOptions {
  /** The receiver's address, such as `http://collector:4318`; undefined turns telemetry off. */
  readonly endpoint: string | undefined;
  /** The share of traces that is recorded, 0 to 1; undefined: what OTEL_TRACES_SAMPLER says, or all. */
  readonly samplingRatio: number | undefined;
  /** Attributes of every span. */
  readonly resource: Readonly<Record<string, string>>;
}

const endpoint = z.string().refine((text) => /^https?:\/\/[^/]/.test(text) && URL.canParse(text), {
  error: "expected the address of an OTLP receiver such as 'http://127.0.0.1:4318'",
});

const ratio = z
  .string()
  .refine((text) => /^(?:0(?:\.\d+)?|1(?:\.0+)?|\.\d+)$/.test(text), {
    error: "expected a share from 0 to 1 such as '0.1'",
  })
  .transform(Number);

/**
 * The variables of telemetry, for a service's own schema. The SDK reads its other variables itself (OTEL_EXPORTER_OTLP_HEADERS,
 * OTEL_EXPORTER_OTLP_PROTOCOL, OTEL_BSP_*, OTEL_RESOURCE_ATTRIBUTES …):
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export const telemetryEnvironment = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.optional(),
  OTEL_TRACES_SAMPLER_ARG: ratio.optional(),
  /** The name in traces; default: the service's own. */
  SERVICE_NAME: z.string().optional(),
});

/** `service` is the name unless SERVICE_NAME is set. Attribute names: https://opentelemetry.io/docs/specs/semconv/ */
export function telemetryOptions(service: string, env: z.output<typeof telemetryEnvironment>): TelemetryOptions {
  const { version, commit } = readBuildInfo();
  return {
    endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    samplingRatio: env.OTEL_TRACES_SAMPLER_ARG,
    resource: {
      'service.name': env.SERVICE_NAME ?? service,
      'service.namespace': 'updraft',
      ...(version !== undefined && { 'service.version': version }),
      ...(commit !== undefined && { 'vcs.ref.head.revision': commit }),
    },
  };
}
