import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ConfigError } from '../../../core/errors.ts';
import { readNamedFile } from '../../../core/read-named-file.ts';
import type { Service } from '../../../gen/google/api/service_pb.ts';
import { compileFiles, type SourceFile } from '../../../service-config/compile.ts';
import type { Diagnostic } from '../../../service-config/diagnostic.ts';
import { submittedPaths } from '../../config-tools/submitted-paths.ts';

const sampleDocument = join(import.meta.dirname, '../../../../sample/echo/openapi.yaml');
/** What a customer replaces in the sample's host. */
const projectPlaceholder = 'YOUR-PROJECT-ID';

/** The documents of `up` and the service that they describe. */
export interface ApiDocuments {
  readonly files: readonly SourceFile[];
  readonly service: Service;
  /** No document was named: the sample API is served. */
  readonly isSample: boolean;
}

/**
 * Reads and compiles the documents before anything is started, so that a broken one leaves nothing behind. Throws
 * ConfigError with the first finding and its place.
 */
export function readDocuments(names: readonly string[], cwd: string, projectId: string): ApiDocuments {
  const isSample = names.length === 0;
  const files = isSample ? [readSample(projectId)] : readNamed(cwd, names);
  const { service, diagnostics } = compileFiles(files, { producerProjectId: projectId });
  if (service !== undefined) return { files, service, isSample };
  const errors = diagnostics.filter((diagnostic) => diagnostic.kind === 'error');
  throw toConfigError(errors[0] as Diagnostic, errors.length);
}

function readSample(projectId: string): SourceFile {
  const text = readFileSync(sampleDocument, 'utf8').replaceAll(projectPlaceholder, projectId);
  return { path: basename(sampleDocument), contents: Buffer.from(text) };
}

function readNamed(cwd: string, names: readonly string[]): SourceFile[] {
  const paths = submittedPaths(cwd, names);
  return names.map((name, at) => ({
    path: paths[at] as string,
    contents: readNamedFile(resolve(cwd, name), 'name an OpenAPI document'),
  }));
}

function toConfigError({ source, location, message, hint }: Diagnostic, count: number): ConfigError {
  const place = source === undefined ? location : `${source.file}:${source.line}:${source.column}`;
  const more = count > 1 ? ` (and ${count - 1} more; gatehouse lint shows them all)` : '';
  return new ConfigError(place, message.replaceAll('\n', ' '), `${hint ?? 'mend the document'}${more}`);
}
