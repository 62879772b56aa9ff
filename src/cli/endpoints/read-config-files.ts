import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { JsonObject } from '@bufbuild/protobuf';
import { parse } from 'yaml';
import { errorMessage } from '../../core/errors.ts';
import { ConfigFile_FileType as FileType } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { CliError } from '../cli-error.ts';
import { submittedPaths } from '../config-tools/submitted-paths.ts';

/** A file to submit; its path is that from the folder that all files are in. */
export interface SourceFile {
  readonly path: string;
  readonly contents: Buffer;
  readonly type: FileType;
}

/** What the files on a deploy's command line amount to. */
export type DeployInput =
  | { readonly kind: 'sources'; readonly serviceName: string; readonly files: readonly SourceFile[] }
  | { readonly kind: 'normalized'; readonly serviceName: string; readonly config: JsonObject };

/** Reads and sorts the files of a deploy. Throws CliError in gcloud's words for what it cannot use. */
export function readConfigFiles(cwd: string, names: readonly string[]): DeployInput {
  const files: SourceFile[] = [];
  const documents: Document[] = [];
  const paths = submittedPaths(cwd, names);
  for (const [at, name] of names.entries()) {
    const contents = read(cwd, name);
    const document = isText(name) ? parseDocument(name, contents) : undefined;
    if (document?.kind === 'normalized') return normalized(document, names);
    if (document !== undefined) documents.push(document);
    files.push({ path: paths[at] as string, contents, type: document?.type ?? binaryType(name) });
  }
  const isOpenApi = documents.some(({ kind }) => kind.startsWith('openapi'));
  const stray = isOpenApi ? undefined : documents.find(({ kind }) => kind === 'fragment');
  if (stray !== undefined)
    throw new CliError(
      `Unable to parse Open API, or Google Service Configuration specification from ${stray.file}`,
    );
  return { kind: 'sources', serviceName: agreeOnName(documents), files };
}

interface Document {
  /** A fragment is what `$ref`s of OpenAPI documents point into. */
  readonly kind: 'openapi2' | 'openapi3' | 'serviceYaml' | 'normalized' | 'fragment';
  readonly file: string;
  readonly type: FileType;
  /** Undefined when this document does not tell it. */
  readonly serviceName: string | undefined;
  readonly content: JsonObject;
}

function parseDocument(file: string, contents: Buffer): Document {
  const content = parseText(file, contents);
  // Google's client calls every OpenAPI file YAML too: JSON is YAML.
  const openApi = { file, content, type: FileType.OPEN_API_YAML };
  if ('swagger' in content) return { ...openApi, kind: 'openapi2', serviceName: hostOf(file, content) };
  if ('openapi' in content) return { ...openApi, kind: 'openapi3', serviceName: endpointHost(file, content) };
  const name = typeof content['name'] === 'string' ? content['name'] : undefined;
  const config = { file, content, type: FileType.SERVICE_CONFIG_YAML, serviceName: name };
  if (content['type'] === 'google.api.Service') return { ...config, kind: 'serviceYaml' };
  // A parameter of OpenAPI has a name too, and says what it is in.
  if (name !== undefined && !('in' in content)) return { ...config, kind: 'normalized' };
  return { ...openApi, kind: 'fragment', serviceName: undefined };
}

function normalized(document: Document, names: readonly string[]): DeployInput {
  if (names.length > 1)
    throw new CliError(
      `Ambiguous input. Found normalized service configuration in file [${document.file}], but received multiple input files. To upload normalized service config, please provide it separately from other input files to avoid ambiguity.`,
    );
  return { kind: 'normalized', serviceName: document.serviceName as string, config: document.content };
}

/** The first document that tells the service's name decides; the compiler complains about contradictions. */
function agreeOnName(documents: readonly Document[]): string {
  const versions = new Set(
    documents.map((document) => document.kind).filter((kind) => kind.startsWith('openapi')),
  );
  if (versions.size > 1)
    throw new CliError(
      'OpenAPI 2.0 and OpenAPI 3.x files cannot be deployed together; convert them to one version.',
    );
  const name = documents.find((document) => document.serviceName !== undefined)?.serviceName;
  if (name !== undefined) return name;
  throw new CliError(
    'No file tells the name of the service; give "host" (OpenAPI 2.0), a server with x-google-endpoint (3.x) or "name" (service config).',
  );
}

function hostOf(file: string, content: JsonObject): string {
  const { host } = content;
  if (typeof host === 'string' && host !== '') return host;
  throw new CliError(
    `Malformed input. Found Swagger service config in file [${file}], but no host was specified. Add a host specification to the config file.`,
  );
}

/** Source: OpenAPI 3.x in Cloud Endpoints: exactly one server carries x-google-endpoint. */
function endpointHost(file: string, content: JsonObject): string | undefined {
  const servers = Array.isArray(content['servers']) ? content['servers'] : [];
  const marked = servers.filter(
    (server): server is JsonObject =>
      typeof server === 'object' && server !== null && 'x-google-endpoint' in server,
  );
  if (marked.length === 0)
    throw new CliError(
      `Malformed input. No server in file [${file}] has x-google-endpoint. Add it to the server whose URL names the service.`,
    );
  if (marked.length > 1)
    throw new CliError(
      `Malformed input. ${marked.length} servers in file [${file}] have x-google-endpoint. Keep it on one.`,
    );
  const url = marked[0] === undefined ? '' : serverUrl(marked[0]);
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  if (host !== '') return host;
  throw new CliError(
    `Malformed input. The server with x-google-endpoint in file [${file}] has no absolute URL. Give one such as https://api.example.com.`,
  );
}

/** URL of a server with the defaults of its variables, as the compiler reads it. */
function serverUrl({ url, variables }: JsonObject): string {
  const defaults = new Map(Object.entries((variables ?? {}) as Record<string, JsonObject | null>));
  return String(url ?? '').replace(/\{([^{}]*)\}/g, (text, name: string) =>
    String(defaults.get(name)?.['default'] ?? text),
  );
}

function parseText(file: string, contents: Buffer): JsonObject {
  let value: unknown;
  let reason = '';
  try {
    value = parse(contents.toString());
  } catch (error) {
    reason = ` ${errorMessage(error).split('\n', 1)[0] ?? ''}`;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject; // YAML of JSON's shape.
  throw new CliError(`Could not read JSON or YAML from service config file [${file}].${reason}`);
}

function isText(name: string): boolean {
  return /\.(json|ya?ml)$/i.test(name);
}

function binaryType(name: string): FileType {
  if (/\.(pb|descriptor|proto\.bin)$/i.test(name)) return FileType.FILE_DESCRIPTOR_SET_PROTO;
  if (/\.proto$/i.test(name)) return FileType.PROTO_FILE;
  throw new CliError(
    `Could not determine the content type of file [${name}]. Supported extensions are .json .yaml .yml .pb and .descriptor`,
  );
}

function read(cwd: string, name: string): Buffer {
  try {
    return readFileSync(resolve(cwd, name));
  } catch (error) {
    throw new CliError(`Could not open service config file [${name}]: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}
