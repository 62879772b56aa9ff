import { namedLocation, reportNamed } from '../openapi/openapi-document.ts';
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
/** What findings are about. */
const section = 'servers';
/** Longest URL of a server before and longest value of a variable in it; each can stand in it many times. */
const maxUrlLength = 2048;

/** Reads the one server with `x-google-endpoint`. None, several or one that names no host is an error, and undefined. */
export function readEndpointServer(document: OpenapiDocument): EndpointServer | undefined {
  const items = document.reader.sequence(child(document.root, 'servers'), 'servers')?.items ?? [];
  const servers = items.flatMap((item) => document.reader.mapping(item, 'servers') ?? []);
  for (const server of servers)
    checkObject(document, server, knownFields.server, namedLocation(document, section));
  const [only, second] = servers.filter((server) => server.entries.has(extensionName));
  if (only === undefined) return reportMissing(document);
  if (second !== undefined) {
    const message = `Only one server can have the extension ${extensionName}; its URL names the service and its base path.`;
    reportNamed(document, section, {
      rule: 'endpoint-several',
      message,
      at: keyPlace(second, extensionName),
    });
    return undefined;
  }
  return readServer(document, only);
}

function reportMissing(document: OpenapiDocument): undefined {
  const servers = child(document.root, 'servers');
  const message = `A host name is required: no server has the extension ${extensionName}.`;
  const hint = `Add ${extensionName}: {} to the server whose URL is that of the service, such as https://api.example.com.`;
  reportNamed(document, section, { rule: 'endpoint-missing', message, hint, at: servers ?? document.root });
}

function readServer(document: OpenapiDocument, server: MappingNode): EndpointServer | undefined {
  const place = document.reader.required(server, 'url', 'servers.url');
  const template = document.reader.string(place, 'servers.url');
  if (template === undefined || place === undefined) return undefined;
  const written: WrittenUrl = { document, template, place };
  const url = fillIn(written, child(server, 'variables'));
  const endpoint = child(server, extensionName);
  if (url === undefined || endpoint === undefined) return undefined;
  const [, host, path] = /^https?:\/\/([^/?#]+)(\/[^?#]*)?$/i.exec(url) ?? [];
  if (host === undefined || host.includes('@')) return reportUrl(written, url);
  if (/:\d*$/.test(host)) return reportPort(written, url, host);
  return { host: host.toLowerCase(), basePath: (path ?? '').replace(/\/$/, ''), endpoint, place };
}

/** URL of a server as it stands in a document. */
interface WrittenUrl {
  readonly document: OpenapiDocument;
  readonly template: string;
  readonly place: SourcePlace;
}

function reportUrl({ document, place: at }: WrittenUrl, url: string): undefined {
  const message = `The server URL '${url}' is not absolute: it must be http or https with a host name, without user, query and fragment.`;
  const hint = 'Write https://api.example.com or https://api.example.com/v1.';
  reportNamed(document, section, { rule: 'server-url', message, hint, at });
}

function reportLength({ document, place: at }: WrittenUrl): undefined {
  const message = `The server URL, or a variable in it, has more than ${maxUrlLength} characters.`;
  reportNamed(document, section, { rule: 'server-url', message, hint: 'Shorten it.', at });
}

function reportPort({ document, place: at }: WrittenUrl, url: string, host: string): undefined {
  const message = `The host '${host}' of the server must not contain a port.`;
  const hint = `Write ${url.replace(host, host.replace(/:\d*$/, ''))}`;
  reportNamed(document, section, { rule: 'host-port', message, hint, at });
}

/** The URL with the default of every variable. A variable without one is an error, as is a text that no URL can be. */
function fillIn(written: WrittenUrl, definitions: SourceNode | undefined): string | undefined {
  const { document, template } = written;
  if (template.length > maxUrlLength) return reportLength(written);
  const variables = document.reader.mapping(definitions, 'servers.variables');
  let isComplete = true;
  const url = template.replace(/\{([^{}]*)\}/g, (text, name: string) => {
    const node = child(child(variables, name), 'default');
    const value = document.reader.string(node, `servers.variables.${name}.default`);
    if (value !== undefined && value.length <= maxUrlLength) return value;
    isComplete = false;
    if (value !== undefined) reportLength(written);
    else if (node === undefined) reportVariable(written, name);
    return text;
  });
  return isComplete ? url : undefined;
}

function reportVariable({ document, place: at }: WrittenUrl, name: string): void {
  const message = `The variable '${name}' of the server URL has no default.`;
  const hint = `Add it to the server's variables, such as variables: {${name}: {default: value}}.`;
  reportNamed(document, section, { rule: 'server-variable', message, hint, at });
}
