/** One operation of a benchmark's API. */
export interface BenchMethod {
  readonly name: string;
  readonly verb: 'get' | 'post';
  /** Path template. */
  readonly path: string;
}

export interface ServiceConfigOptions {
  readonly methods: readonly BenchMethod[];
  /** Default: 2026-01-01r0. */
  readonly id?: string;
  /** Every method needs a key, costs quota and is reported. */
  readonly policies: boolean;
}

/** A google.api.Service as JSON, for `--service_json_path`. */
export function serviceConfig({ methods, id, policies }: ServiceConfigOptions): object {
  const selectorOf = ({ name }: BenchMethod): string => `bench.Api.${name}`;
  return {
    name: 'bench.example.com',
    id: id ?? '2026-01-01r0',
    producerProjectId: 'bench',
    apis: [
      {
        name: 'bench.Api',
        version: '1.0.0',
        methods: methods.map(({ name }) => ({
          name,
          requestTypeUrl: 'type.googleapis.com/google.protobuf.Empty',
        })),
      },
    ],
    http: { rules: methods.map((method) => ({ selector: selectorOf(method), [method.verb]: method.path })) },
    usage: {
      rules: policies
        ? []
        : methods.map((method) => ({
            selector: selectorOf(method),
            allowUnregisteredCalls: true,
            skipServiceControl: true,
          })),
    },
    ...(policies ? policySections(methods.map(selectorOf)) : {}),
  };
}

function policySections(selectors: readonly string[]): object {
  const requestCount = 'serviceruntime.googleapis.com/api/consumer/request_count';
  return {
    control: { environment: 'servicecontrol.googleapis.com' },
    logs: [{ name: 'endpoints_log' }],
    metrics: [
      { name: 'reads', metricKind: 'DELTA', valueType: 'INT64' },
      { name: requestCount, metricKind: 'DELTA', valueType: 'INT64' },
    ],
    quota: {
      limits: [
        { name: 'reads', metric: 'reads', unit: '1/min/{project}', values: { STANDARD: '1000000000' } },
      ],
      metricRules: selectors.map((selector) => ({ selector, metricCosts: { reads: '1' } })),
    },
  };
}
