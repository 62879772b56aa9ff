import type { JsonObject } from '@bufbuild/protobuf';
import { configId, httpRule, quota } from './echo-service.ts';
import type { ServiceChanges } from './process-case.ts';
import { reportSections } from './report-sections.ts';

export const shelfServiceName = 'shelves.endpoints.example.cloud.goog';
export const shelfApiName = 'examples.shelves.Shelves';

/** In the order in which a config lists them: the first template of a shape is the one that a 405 shows. */
const rows: Readonly<Record<string, string>> = {
  ListShelves: 'GET /v1/shelves',
  CreateShelf: 'POST /v1/shelves',
  DeleteShelf: 'DELETE /v1/shelves/{shelf}',
  GetShelf: 'GET /v1/shelves/{shelf=*}',
  ListBooks: 'GET /v1/shelves/{shelf}/books',
  GetBook: 'GET /v1/shelves/{shelf}/books/{book}',
};
/** Called over gRPC only. */
const withoutRow = ['ReturnBadStatus'];
const withoutKey = ['ListBooks'];

/** A service of shelves whose backend speaks gRPC, or HTTP where transcoding is not the matter. */
export function shelfService(changes: ServiceChanges, routedTo: string | undefined): JsonObject {
  const names = [...Object.keys(rows), ...withoutRow];
  const selector = (name: string): string => `${shelfApiName}.${name}`;
  const { audiences, jwksUri } = changes;
  const withHealth = changes.grpcHealth === true;
  return {
    name: shelfServiceName,
    id: changes.configId ?? configId,
    producerProjectId: 'producer project',
    apis: [
      {
        name: shelfApiName,
        version: '1.0.0',
        methods: names.map((name) => ({ name, requestTypeUrl: 'type.googleapis.com/google.protobuf.Empty' })),
      },
      ...(withHealth ? [{ name: 'grpc.health.v1.Health', methods: [{ name: 'Check' }] }] : []),
    ],
    http: {
      rules: [
        ...Object.entries(rows).map(([name, row]) => httpRule(selector(name), row)),
        ...(withHealth ? [httpRule('grpc.health.v1.Health.Check', 'GET /health/check')] : []),
      ],
    },
    usage: {
      rules: [
        ...withoutKey.map((name) => ({ selector: selector(name), allowUnregisteredCalls: true })),
        ...Object.entries(changes.usage ?? {}).map(([name, rule]) => ({
          selector: name.includes('.') ? name : selector(name),
          ...rule,
        })),
      ],
    },
    ...(routedTo !== undefined && {
      backend: {
        rules: names.map((name) => ({ selector: selector(name), address: routedTo, disableAuth: true })),
      },
    }),
    ...(audiences !== undefined &&
      jwksUri !== undefined && {
        authentication: {
          providers: [{ id: 'issuer', issuer: 'https://issuer.example.com', jwksUri }],
          rules: Object.entries(audiences).map(([name, each]) => ({
            selector: selector(name),
            requirements: [{ providerId: 'issuer', audiences: each }],
          })),
        },
      }),
    endpoints: [{ name: shelfServiceName }],
    control: { environment: 'servicecontrol.example.com' },
    ...quota(changes, selector),
    ...reportSections,
  };
}
