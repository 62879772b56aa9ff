import type { RequestHead } from './stream.ts';

/** A request head with defaults: GET / without body. */
export function requestHead(head: Partial<RequestHead> = {}): RequestHead {
  return {
    method: 'GET',
    scheme: 'http',
    authority: 'backend.example',
    target: '/',
    headers: [],
    version: 'HTTP/1.1',
    bodyLength: 0,
    upgrade: undefined,
    ...head,
  };
}
