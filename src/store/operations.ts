import type { Operation } from '../gen/google/longrunning/operations_pb.ts';
import type { Page, PageRequest } from './page.ts';

/** The API that an operation belongs to; each lists its own. */
export type OperationApi = 'servicemanagement' | 'apikeys' | 'serviceusage' | 'cloudresourcemanager';

/** A long-running operation as its API shows it. Rests encrypted, for responses may carry key strings. */
export interface OperationRecord {
  /** Full name, `operations/…`. */
  readonly name: string;
  readonly api: OperationApi;
  /** What it works on and whose permissions decide who sees it: `services/S` or `projects/P`. */
  readonly resource: string;
  readonly startedAtMs: number;
  readonly operation: Operation;
}

/** Status as Service Management's filter names it. */
export type OperationStatus = 'done' | 'in_progress' | 'failed';

/** Operations of all APIs. */
export interface OperationStore {
  /** False when the name is taken. */
  insert(record: OperationRecord): Promise<boolean>;
  get(name: string): Promise<OperationRecord | undefined>;
  /** Replaces the message; false when there is none of this name. */
  update(name: string, operation: Operation): Promise<boolean>;
  /** Newest first. */
  list(
    filter: {
      readonly api: OperationApi;
      readonly resource: string;
      readonly statuses?: readonly OperationStatus[];
      /** Keeps those that are done or started at or after this time. */
      readonly doneOrStartedSinceMs?: number;
    },
    page: PageRequest,
  ): Promise<Page<OperationRecord>>;
  /** Number of operations that `resource` has had: the next number of a per-service counter. */
  count(api: OperationApi, resource: string, namePrefix: string): Promise<number>;
  /** Forgets finished operations that started before then; returns how many. */
  prune(startedBeforeMs: number): Promise<number>;
}

/** The status that an operation message stands for. */
export function operationStatus(operation: Operation): OperationStatus {
  if (!operation.done) return 'in_progress';
  return operation.result.case === 'error' ? 'failed' : 'done';
}
