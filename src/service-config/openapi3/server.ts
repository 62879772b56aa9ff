import { namedLocation } from '../openapi/openapi-document.ts';
import type { OpenapiDocument } from '../openapi/openapi-document.ts';
import { child, keyPlace } from '../source/source-node.ts';
import type { MappingNode, SourceNode, SourcePlace } from '../source/source-node.ts';
import { checkObject } from './check-object.ts';
import { knownFields } from './known-fields.ts';

/** The one server that the proxy stands for. */
export interface EndpointServer {
  /** Host name in lower case, which is the service's name. */
  readonly host: string;
  /** Path of the URL without a slash at its end; '' for none. */
  readonly basePath: string;
  /** Value of `x-google-endpoint`. */
  readonly endpoint: SourceNode;
  readonly place: SourcePlace;
}

const extensionName = 'x-google-endpoint';

/** Reads the one server with `x-google-endpoint`. None, several or one that names no host is an error, and undefined. */
export function readEndpointServer(document: OpenapiDocument): EndpointServer | undefined {
  const items = document.reader.sequence(child(document.root, 'servers'), 'servers')?.items ?? [];
  const servers = items.flatMap((item) => document.reader.mapping(item, 'servers') ?? []);
  const location = namedLocation(document, 'servers');
  for (const server of servers) checkObject(document, server, knownFields.server, location);
  const [only, second] = servers.filter((server) => server.entries.has(extensionName));
  if (only === undefined) return reportMissing(document);
  if (second !== undefined) {
    const message = `Only one server can have the extension ${extensionName}; its URL names the service and its base path.`;
    report(document, 'endpoint-several', message, keyPlace(second, extensionName));
    return undefined;
  }
  return readServer(document, only);
}

function reportMissing(document: OpenapiDocument): undefined {
  const servers = child(document.root, 'servers');
  const message = `A host name is required: no server has the extension ${extensionName}.`;
  const hint = `Add ${extensionName}: {} to the server whose URL is that of the service, such as https://api.example.com.`;
  report(document, 'endpoint-missing', message, servers ?? document.root, hint);
}

function readServer(document: OpenapiDocument, server: MappingNode): EndpointServer | undefined {
  const place = document.reader.required(server, 'url', 'servers.url');
  const template = document.reader.string(place, 'servers.url');
  if (template === undefined || place === undefined) return undefined;
  const url = replaceVariables(document, server, template, place);
  const endpoint = child(server, extensionName);
  if (url === undefined || endpoint === undefined) return undefined;
  const [, host, path] = /^https?:\/\/([^/?#]+)(\/[^?#]*)?$/i.exec(url) ?? [];
  if (host === undefined) return reportUrl(document, url, place);
  if (host.includes('@')) return reportUrl(document, url, place);
  if (/:\d*$/.test(host)) return reportPort(document, url, host, place);
  return { host: host.toLowerCase(), basePath: (path ?? '').replace(/\/$/, ''), endpoint, place };
}

function reportUrl(document: OpenapiDocument, url: string, at: SourcePlace): undefined {
  const message = `The server URL '${url}' is not absolute: it must be http or https with a host name, without user, query and fragment.`;
  report(document, 'server-url', message, at, 'Write https://api.example.com or https://api.example.com/v1.');
}

function reportPort(document: OpenapiDocument, url: string, host: string, at: SourcePlace): undefined {
  const hint = `Write ${url.replace(host, host.replace(/:\d*$/, ''))}`;
  report(document, 'host-port', `The host '${host}' of the server must not contain a port.`, at, hint);
}

/** The URL with the default of every variable. A variable without one is an error. */
function replaceVariables(
  document: OpenapiDocument,
  server: MappingNode,
  template: string,
  place: SourcePlace,
): string | undefined {
  const variables = document.reader.mapping(child(server, 'variables'), 'servers.variables');
  let isComplete = true;
  const url = template.replace(/\{([^{}]*)\}/g, (text, name: string) => {
    const node = child(child(variables, name), 'default');
    const value = document.reader.string(node, `servers.variables.${name}.default`);
    if (value !== undefined) return value;
    isComplete = false;
    if (node === undefined)
      report(
        document,
        'server-variable',
        `The variable '${name}' of the server URL has no default.`,
        place,
        `Add it to the server's variables, such as variables: {${name}: {default: value}}.`,
      );
    return text;
  });
  return isComplete ? url : undefined;
}

function report(
  document: OpenapiDocument,
  rule: string,
  message: string,
  at: SourcePlace,
  hint?: string,
): void {
  document.context.diagnostics.error({
    rule,
    location: namedLocation(document, 'servers'),
    message,
    hint,
    at,
  });
}
