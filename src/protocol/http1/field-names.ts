import { tokenLower } from './octets.ts';

/** Field names that the codec itself acts upon, with their index in {@link knownFieldNames}. */
export const FieldId = {
  UNKNOWN: 0,
  HOST: 1,
  CONTENT_LENGTH: 2,
  TRANSFER_ENCODING: 3,
  CONNECTION: 4,
  KEEP_ALIVE: 5,
  PROXY_CONNECTION: 6,
  UPGRADE: 7,
  EXPECT: 8,
  TE: 9,
  /** The first one that is passed on untouched. */
  FIRST_ORDINARY: 10,
} as const;

/**
 * Names that are recognised while they are scanned, so that a request with common fields makes no new string for them
 * and comparing names is comparing pointers.
 */
export const knownFieldNames: readonly string[] = internalize([
  '',
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'expect',
  'te',
  ...`accept accept-charset accept-encoding accept-language accept-ranges access-control-allow-credentials
  access-control-allow-headers access-control-allow-methods access-control-allow-origin access-control-expose-headers
  access-control-max-age access-control-request-headers access-control-request-method age allow alt-svc authorization
  cache-control content-disposition content-encoding content-language content-location content-range
  content-security-policy content-type cookie date dnt etag expires forwarded from grpc-accept-encoding grpc-encoding
  grpc-message grpc-status grpc-timeout if-match if-modified-since if-none-match if-range if-unmodified-since
  last-modified link location max-forwards origin permissions-policy pragma priority proxy-authenticate
  proxy-authorization range referer referrer-policy retry-after sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform
  sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user sec-websocket-accept sec-websocket-extensions
  sec-websocket-key sec-websocket-protocol sec-websocket-version server server-timing set-cookie
  strict-transport-security trailer traceparent tracestate upgrade-insecure-requests user-agent vary
  via www-authenticate x-android-cert x-android-package x-api-key x-cloud-trace-context x-content-type-options
  x-correlation-id x-endpoint-api-userinfo x-envoy-upstream-service-time x-forwarded-authorization x-forwarded-for
  x-forwarded-host x-forwarded-port x-forwarded-proto x-frame-options x-goog-api-key x-goog-iap-jwt-assertion
  x-http-method-override x-ios-bundle-identifier x-powered-by x-real-ip x-request-id x-requested-with
  x-xss-protection`.split(/\s+/),
]);

const slotMask = 1023;
const hashFactor = 31;

/** The octets of all names, each at `index × maxNameLength`: comparing them is faster than comparing with strings. */
const maxNameLength = 32;
const lengths: Uint8Array = Uint8Array.from(knownFieldNames, (name) => name.length);
const octets: Uint8Array = joinOctets();

/** Slot → index in {@link knownFieldNames}; collisions go to the next slot. */
const slots: Uint8Array = buildSlots();

/** The hash after one more octet of a name, already lower case. Starts at 0. */
export function hashFieldNameOctet(hash: number, lowerOctet: number): number {
  return (Math.imul(hash, hashFactor) + lowerOctet) | 0;
}

/** The index in {@link knownFieldNames} of the name at `start`…`end`, whose hash is given; 0 if it is none of them. */
export function findKnownFieldName(bytes: Uint8Array, start: number, end: number, hash: number): number {
  const length = end - start;
  for (let slot = hash & slotMask; ; slot = (slot + 1) & slotMask) {
    const id = slots[slot] as number;
    if (id === 0) return 0;
    if (lengths[id] !== length) continue;
    const from = id * maxNameLength;
    let i = 0;
    while (i < length && tokenLower[bytes[start + i] as number] === octets[from + i]) i++;
    if (i === length) return id;
  }
}

/** V8 keeps one string for each property name: comparing it with a literal is comparing pointers, too. */
function internalize(names: readonly string[]): string[] {
  return Object.keys(Object.fromEntries(names.map((name) => [name, true])));
}

function joinOctets(): Uint8Array {
  const joined = Buffer.alloc(knownFieldNames.length * maxNameLength);
  for (const [id, name] of knownFieldNames.entries()) {
    if (name.length > maxNameLength) throw new TypeError(`${name} is too long`);
    joined.write(name, id * maxNameLength, 'latin1');
  }
  return new Uint8Array(joined);
}

function buildSlots(): Uint8Array {
  const table = new Uint8Array(slotMask + 1);
  for (let id = 1; id < knownFieldNames.length; id++) {
    const name = knownFieldNames[id] as string;
    let hash = 0;
    for (let i = 0; i < name.length; i++) hash = hashFieldNameOctet(hash, name.charCodeAt(i));
    let slot = hash & slotMask;
    while (table[slot] !== 0) slot = (slot + 1) & slotMask;
    table[slot] = id;
  }
  return table;
}
