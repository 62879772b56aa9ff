import type { Service } from '../gen/google/api/service_pb.ts';
import type { Diagnostic } from './diagnostic.ts';

/** A submitted file. `path` is a base name or a relative path; `contents` are its bytes. */
export interface SourceFile {
  readonly path: string;
  readonly contents: Uint8Array;
}

/** `service` is present exactly when no diagnostic is an error. */
export interface CompileResult {
  readonly service: Service | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** What the caller knows better than the files. */
export interface CompileOptions {
  /** Producer project written into the config; '' leaves it out. */
  readonly producerProjectId: string;
  /** Service name to expect; undefined takes the one in the files. */
  readonly serviceName?: string;
}
