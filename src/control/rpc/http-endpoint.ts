import { captureBindings } from '../../protocol/http-template/capture-bindings.ts';
import {
  describeTemplateError,
  parseHttpTemplate,
} from '../../protocol/http-template/parse-http-template.ts';
import { TemplateTrie } from '../../protocol/http-template/template-trie.ts';
import type { RequestBaseUrls } from './base-urls.ts';
import type { HttpResponse } from './http-response.ts';

/** What an endpoint sees of a request. */
export interface HttpEndpointRequest {
  /** What the template captured, percent-decoded. */
  readonly captures: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly baseUrls: RequestBaseUrls;
  readonly signal: AbortSignal;
}

/** A path that is no method of the contract and needs no token: the token endpoint, published keys, health, pages. */
export interface HttpEndpoint {
  readonly verb: 'GET' | 'POST';
  /** In the syntax of google.api.http. */
  readonly template: string;
  readonly handle: (request: HttpEndpointRequest) => Promise<HttpResponse>;
}

/** Finds endpoints by method and path. */
export interface HttpEndpointTable {
  find(
    verb: string,
    path: string,
  ): { readonly endpoint: HttpEndpoint; readonly captures: Readonly<Record<string, string>> } | undefined;
}

/** Throws TypeError for a template that does not parse or that two endpoints share. */
export function createHttpEndpointTable(endpoints: readonly HttpEndpoint[]): HttpEndpointTable {
  const trie = new TemplateTrie<HttpEndpoint>();
  for (const endpoint of endpoints) {
    const parsed = parseHttpTemplate(endpoint.template);
    if (parsed.kind === 'error') throw new TypeError(describeTemplateError(endpoint.template, parsed));
    if (trie.add(endpoint.verb, parsed.template, endpoint) !== undefined)
      throw new TypeError(`two endpoints answer ${endpoint.verb} ${endpoint.template}`);
  }
  return {
    find(verb, path) {
      const entry = trie.find(verb, path);
      if (entry === undefined) return undefined;
      const captures = decodeCaptures(captureBindings(entry.template, path));
      return captures && { endpoint: entry.value, captures };
    },
  };
}

function decodeCaptures(raw: readonly string[]): Record<string, string> | undefined {
  const captures: Record<string, string> = {};
  try {
    for (let i = 0; i < raw.length; i += 2)
      captures[raw[i] as string] = decodeURIComponent(raw[i + 1] as string);
  } catch {
    // Not percent-encoding: no resource has this name.
    return undefined;
  }
  return captures;
}
