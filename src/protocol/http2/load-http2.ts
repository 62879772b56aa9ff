import type * as http2 from 'node:http2';

/**
 * node:http2, loaded with the first HTTP/2 connection to a backend: a proxy that never opens one starts sooner and is smaller.
 */
export function loadHttp2(): typeof http2 {
  return process.getBuiltinModule('node:http2');
}
