import { create, fromJson } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import { ServiceSchema } from '../../src/gen/google/api/service_pb.ts';
import type { Service } from '../../src/gen/google/api/service_pb.ts';

const backend = 'https://routed.example.com';

/** `METHOD template`, path translation (C constant, A append), path of the backend's address. */
const routedOperations: ReadonlyArray<readonly [row: string, translation: 'A' | 'C', path: string]> = [
  ['POST /echo', 'C', '/echo'],
  ['GET /echo/{variable}/path', 'A', '/prefix'],
  ['GET /pet/{pet_id}/num/{number}', 'C', '/dynamicrouting/getpetbyid'],
  ['GET /searchpet', 'A', '/dynamicrouting/searchpet'],
  ['GET /searchdog', 'A', '/dynamicrouting/searchdogs/'],
  ['GET /searchroot', 'A', ''],
  ['GET /searchrootwithslash', 'A', '/'],
  ['GET /pets/{category}/year/{no}', 'A', '/dynamicrouting/listpet'],
  ['GET /shelves', 'C', '/dynamicrouting/shelves'],
  ['GET /shelves/{s_h_e_l_f}/books/info/{b_o_o_k}', 'C', '/dynamicrouting/bookinfo'],
  ['GET /shelves/{s_h_e_l_f.i_d}/books/id/{b_o_o_k.id}', 'C', '/dynamicrouting/bookid'],
  ['POST /empty_path', 'C', ''],
  ['POST /sc/searchpet', 'A', '/dynamicrouting/'],
  ['POST /sc/pet/{pet_id}/num/{number}', 'C', '/dynamicrouting/'],
  ['GET /wildcard/a/*/b/{name=*}/c/**', 'C', '/dynamicrouting/const_wildcard'],
  ['GET /field_path/{s_1=a/*/b/*}/{s_2=x/**}:upload', 'C', '/dynamicrouting/const_wildcard'],
  ['POST /allow-all/exact-match', 'C', '/dynamicrouting/const_wildcard'],
  ['POST /allow-all/{single_wildcard=*}', 'C', '/dynamicrouting/const_wildcard'],
  ['POST /allow-all/{double_wildcard=**}', 'C', '/dynamicrouting/const_wildcard'],
];

/** A service whose operations go to paths of another host. Nothing needs a key. */
export function routedService(): Service {
  const operations = routedOperations.map(([row, translation, path], index) => ({
    row,
    name: `Op${index}`,
    rule: {
      address: backend + path,
      pathTranslation: translation === 'C' ? 'CONSTANT_ADDRESS' : 'APPEND_PATH_TO_ADDRESS',
      disableAuth: true,
    },
  }));
  return fromJson(ServiceSchema, {
    name: 'routed.example.com',
    id: 'routed-1',
    apis: [
      {
        name: 'routed',
        methods: operations.map(({ name }) => ({ name, requestTypeUrl: 'type.googleapis.com/Ask' })),
      },
    ],
    types: [
      {
        name: 'Ask',
        fields: [
          { name: 's_h_e_l_f', jsonName: 'SHELF' },
          { name: 'b_o_o_k', jsonName: 'BOOK' },
        ],
      },
    ],
    http: { rules: operations.map(({ name, row }) => httpRule(`routed.${name}`, row)) },
    backend: { rules: operations.map(({ name, rule }) => ({ selector: `routed.${name}`, ...rule })) },
    usage: { rules: [{ selector: '*', allowUnregisteredCalls: true }] },
  });
}

/** A service behind one local backend: keys are needed but for `/open`, tokens on `/private`. */
export function localService(allowCors: boolean): Service {
  const rows: Readonly<Record<string, string>> = {
    Echo: 'POST /echo',
    GetHeaders: 'GET /headers',
    GetOpen: 'GET /open',
    GetPrivate: 'GET /private',
    ListShelves: 'GET /shelves',
    PreflightShelves: 'OPTIONS /shelves',
    GetShelf: 'GET /shelves/{shelf}',
    UpdateShelf: 'PATCH /shelves/{shelf}',
    DeleteShelf: 'DELETE /shelves/{other_name}',
  };
  return fromJson(ServiceSchema, {
    name: 'local.example.com',
    id: 'local-1',
    apis: [{ name: 'local', version: '1.0.0', methods: Object.keys(rows).map((name) => ({ name })) }],
    http: { rules: Object.entries(rows).map(([name, row]) => httpRule(`local.${name}`, row)) },
    usage: { rules: [{ selector: 'local.GetOpen', allowUnregisteredCalls: true }] },
    authentication: {
      providers: [{ id: 'issuer', issuer: 'https://issuer.example.com' }],
      rules: [{ selector: 'local.GetPrivate', requirements: [{ providerId: 'issuer' }] }],
    },
    endpoints: [{ name: 'local.example.com', allowCors }],
    control: { environment: 'servicecontrol.example.com' },
  });
}

/** One operation for each row `METHOD template`; selectors are `rows.Op0`, `rows.Op1`, … */
export function rowsService(
  rows: readonly string[],
  rule?: { readonly address: string; readonly pathTranslation: string },
): Service {
  if (rows.length === 0) return create(ServiceSchema);
  return fromJson(ServiceSchema, {
    name: 'rows.example.com',
    apis: [{ name: 'rows', methods: rows.map((_, index) => ({ name: `Op${index}` })) }],
    http: { rules: rows.map((row, index) => httpRule(`rows.Op${index}`, row)) },
    backend: { rules: rule === undefined ? [] : rows.map((_, i) => ({ selector: `rows.Op${i}`, ...rule })) },
    usage: { rules: [{ selector: '*', allowUnregisteredCalls: true }] },
  });
}

function httpRule(selector: string, row: string): JsonObject {
  const [method, path] = row.split(' ') as [string, string];
  const known = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH'];
  if (known.includes(method)) return { selector, [method.toLowerCase()]: path };
  return { selector, custom: { kind: method, path } };
}
