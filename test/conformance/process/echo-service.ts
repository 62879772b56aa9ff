import type { JsonObject } from '@bufbuild/protobuf';
import type { ServiceChanges } from './process-case.ts';
import { reportSections } from './report-sections.ts';

export const echoServiceName = 'echo.endpoints.example.cloud.goog';
export const echoApiName = '1.echo_endpoints_example_cloud_goog';
export const configId = 'config-1';

/** Operation by short name. `key`: a key is needed. `to`: `A` append or `C` constant, and the path of the backend. */
interface EchoOperation {
  readonly row: string;
  readonly key?: true;
  readonly to: string;
}

const operations: Readonly<Record<string, EchoOperation>> = {
  Echo: { row: 'POST /echo', key: true, to: 'C /echo' },
  EchoGetWithBody: { row: 'GET /echo', to: 'A ' },
  EchoNoKey: { row: 'POST /echo/nokey', to: 'A ' },
  EchoHeader: { row: 'GET /echoHeader', to: 'C /echoHeader' },
  Simpleget: { row: 'GET /simpleget', key: true, to: 'A ' },
  SimplegetNotModified: { row: 'GET /simpleget/304', to: 'A ' },
  SimplegetForbidden: { row: 'GET /simpleget/403', to: 'A ' },
  SimplegetUnauthorized: { row: 'GET /simpleget/401', key: true, to: 'A ' },
  Simplegetcors: { row: 'GET /simplegetcors', key: true, to: 'A ' },
  IpVersion: { row: 'GET /ipversion', key: true, to: 'A ' },
  Large: { row: 'GET /large', to: 'A ' },
  WebsocketEcho: { row: 'GET /websocketecho', key: true, to: 'A ' },
  Auth0: { row: 'GET /auth/info/auth0', key: true, to: 'A ' },
  AuthGoogle: { row: 'GET /auth/info/googlejwt', to: 'A ' },
  AuthFirebase: { row: 'GET /auth/info/firebase', key: true, to: 'A ' },
  CorsShelves: { row: 'OPTIONS /bookstore/shelves', key: true, to: 'A ' },
  ListShelves: { row: 'GET /bookstore/shelves', key: true, to: 'A ' },
  GetShelf: { row: 'GET /bookstore/shelves/{shelf}', key: true, to: 'A ' },
  Sleep: { row: 'GET /sleep', to: 'A ' },
  SleepWithRule: { row: 'GET /sleep/with/backend/rule', to: 'A ' },
  SleepDefault: { row: 'GET /sleepDefault', to: 'A ' },
  SleepShort: { row: 'GET /sleepShort', to: 'A ' },
  AnyPath: { row: 'POST /anypath/**', to: 'A ' },
  EchoPath: { row: 'GET /echo/{variable}/path', to: 'A /prefix' },
  GetPet: { row: 'GET /pet/{pet_id}/num/{number}', to: 'C /dynamicrouting/getpetbyid' },
  SearchPet: { row: 'GET /searchpet', to: 'A /dynamicrouting/searchpet' },
  SearchDog: { row: 'GET /searchdog', to: 'A /dynamicrouting/searchdogs/' },
  SearchRoot: { row: 'GET /searchroot', to: 'A ' },
  SearchRootSlash: { row: 'GET /searchrootwithslash', to: 'A /' },
  ListPets: { row: 'GET /pets/{category}/year/{no}', to: 'A /dynamicrouting/listpet' },
  DynamicShelves: { row: 'GET /shelves', to: 'C /dynamicrouting/shelves' },
  BookInfo: {
    row: 'GET /shelves/{s_h_e_l_f}/books/info/{b_o_o_k}',
    to: 'C /dynamicrouting/bookinfo',
  },
  BookId: {
    row: 'GET /shelves/{s_h_e_l_f.i_d}/books/id/{b_o_o_k.id}',
    to: 'C /dynamicrouting/bookid',
  },
  EmptyPath: { row: 'POST /empty_path', to: 'C ' },
  SearchPetWithKey: { row: 'POST /sc/searchpet', key: true, to: 'A /dynamicrouting/' },
  GetPetWithKey: { row: 'POST /sc/pet/{pet_id}/num/{number}', key: true, to: 'C /dynamicrouting/' },
  Wildcard: { row: 'GET /wildcard/a/*/b/{name=*}/c/**', to: 'C /dynamicrouting/const_wildcard' },
  FieldPath: {
    row: 'GET /field_path/{s_1=a/*/b/*}/{s_2=x/**}:upload',
    to: 'C /dynamicrouting/const_wildcard',
  },
  AllowAllExact: { row: 'POST /allow-all/exact-match', to: 'C /dynamicrouting/const_wildcard' },
  AllowAllSingle: { row: 'POST /allow-all/{single_wildcard=*}', to: 'C /dynamicrouting/const_wildcard' },
  AllowAllDouble: { row: 'POST /allow-all/{double_wildcard=**}', to: 'C /dynamicrouting/const_wildcard' },
  BearerConstant: { row: 'GET /bearertoken/constant/{foo}', to: 'C /bearertoken/constant' },
  BearerAppend: { row: 'GET /bearertoken/append', to: 'A ' },
  DisableAuthTrue: { row: 'GET /disableauthsettotrue/constant/{foo}', to: 'C /bearertoken/constant' },
  DisableAuthFalse: { row: 'GET /disableauthsettofalse/constant/{foo}', to: 'C /bearertoken/constant' },
  AuthNotSet: { row: 'GET /authenticationnotset/constant/{foo}', to: 'C /bearertoken/constant' },
};

/** The echo service; its operations go to `routedTo` (a base URL) if given, else to the address of `--backend`. */
export function echoService(changes: ServiceChanges, routedTo: string | undefined): JsonObject {
  const names = Object.keys(operations);
  const extra = Object.keys(changes.rows ?? {});
  const selector = (name: string): string => `${echoApiName}.${name}`;
  const rowOf = (name: string): string => changes.rows?.[name] ?? operations[name]?.row ?? '';
  return {
    name: echoServiceName,
    id: configId,
    producerProjectId: 'producer-project',
    apis: [
      {
        name: echoApiName,
        version: '1.0.0',
        methods: [...names, ...extra].map((name) => ({ name, requestTypeUrl: 'type.googleapis.com/Ask' })),
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
    http: { rules: [...names, ...extra].map((name) => httpRule(selector(name), rowOf(name))) },
    backend: { rules: names.flatMap((name) => backendRule(name, changes, routedTo)) },
    usage: {
      rules: names.flatMap((name) => {
        const change = changes.usage?.[name];
        if (change !== undefined) return [{ selector: selector(name), ...change }];
        return operations[name]?.key === true
          ? []
          : [{ selector: selector(name), allowUnregisteredCalls: true }];
      }),
    },
    endpoints: [{ name: echoServiceName, allowCors: changes.allowCors ?? false }],
    control: { environment: 'servicecontrol.example.com' },
    ...authentication(changes, selector),
    ...quota(changes, selector),
    ...reportSections,
  };
}

function backendRule(name: string, changes: ServiceChanges, routedTo: string | undefined): JsonObject[] {
  const change = changes.backendRules?.[name];
  const base = { selector: `${echoApiName}.${name}` };
  if (routedTo === undefined) return change === undefined ? [] : [{ ...base, ...change }];
  const [translation, path] = (operations[name]?.to ?? 'A ').split(' ') as [string, string];
  return [
    {
      ...base,
      address: `${routedTo}${path}`,
      pathTranslation: translation === 'C' ? 'CONSTANT_ADDRESS' : 'APPEND_PATH_TO_ADDRESS',
      // Identity tokens are the matter of the cases that ask for them.
      ...(changes.identityTokens !== true && { disableAuth: true }),
      ...change,
    },
  ];
}

function authentication(changes: ServiceChanges, selector: (name: string) => string): JsonObject {
  if (changes.audiences === undefined || changes.jwksUri === undefined) return {};
  const { jwksUri } = changes;
  return {
    authentication: {
      providers: [{ id: 'issuer', issuer: 'https://issuer.example.com', jwksUri }],
      rules: Object.entries(changes.audiences).map(([name, audiences]) => ({
        selector: selector(name),
        requirements: [{ providerId: 'issuer', audiences }],
      })),
    },
  };
}

/** `quota` of the service: costs by operation and metric. */
export function quota(changes: ServiceChanges, selector: (name: string) => string): JsonObject {
  if (changes.quota === undefined) return {};
  return {
    quota: {
      metricRules: Object.entries(changes.quota).map(([name, metricCosts]) => ({
        selector: selector(name),
        metricCosts: Object.fromEntries(Object.entries(metricCosts).map(([m, cost]) => [m, String(cost)])),
      })),
    },
  };
}

/** A rule of google.api.Http for `METHOD template`. */
export function httpRule(selector: string, row: string): JsonObject {
  const [method, path] = row.split(' ') as [string, string];
  const known = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH'];
  if (known.includes(method)) return { selector, [method.toLowerCase()]: path };
  return { selector, custom: { kind: method, path } };
}
