import { create } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import { anyPack, timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { RpcCode } from '../../core/status.ts';
import {
  OperationMetadata_Status,
  OperationMetadataSchema,
} from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { OperationSchema } from '../../gen/google/longrunning/operations_pb.ts';
import type { Operation } from '../../gen/google/longrunning/operations_pb.ts';
import { StatusSchema } from '../../gen/google/rpc/status_pb.ts';
import type { Store } from '../../store/store.ts';

const donePercentage = 100;
/** How many names beyond the counter are tried: old operations are forgotten while their numbers stay taken. */
const maxNameAttempts = 1000;

/** Work that has ended, as an operation tells it. */
export interface FinishedWork {
  readonly serviceName: string;
  /** What was done, in the words of the operation's only step. */
  readonly step: string;
  readonly startedAtMs: number;
  readonly outcome:
    | { readonly kind: 'response'; readonly response: Any }
    | { readonly kind: 'error'; readonly code: RpcCode; readonly message: string };
}

/** Records finished work under a name of its own, such as `operations/rollouts.S:UUID`. */
export async function recordOperation(store: Store, name: string, work: FinishedWork): Promise<Operation> {
  const operation = toOperation(name, work);
  if (!(await insert(store, operation, work))) throw new TypeError(`operation ${name} exists`);
  return operation;
}

/** Records finished work on a service itself: `operations/services.S-N`, N counting from 0 per service. */
export async function recordServiceOperation(store: Store, work: FinishedWork): Promise<Operation> {
  const prefix = `operations/services.${work.serviceName}-`;
  const first = await store.operations.count('servicemanagement', `services/${work.serviceName}`, prefix);
  for (let number = first; number < first + maxNameAttempts; number++) {
    const operation = toOperation(`${prefix}${number}`, work);
    if (await insert(store, operation, work)) return operation;
  }
  throw new TypeError(`no free operation name after ${prefix}${first}`);
}

function insert(store: Store, operation: Operation, work: FinishedWork): Promise<boolean> {
  return store.operations.insert({
    name: operation.name,
    api: 'servicemanagement',
    resource: `services/${work.serviceName}`,
    startedAtMs: work.startedAtMs,
    operation,
  });
}

function toOperation(name: string, work: FinishedWork): Operation {
  const { outcome } = work;
  const status = outcome.kind === 'error' ? OperationMetadata_Status.FAILED : OperationMetadata_Status.DONE;
  const metadata = create(OperationMetadataSchema, {
    resourceNames: [`services/${work.serviceName}`],
    steps: [{ description: work.step, status }],
    progressPercentage: donePercentage,
    startTime: timestampFromMs(work.startedAtMs),
  });
  return create(OperationSchema, {
    name,
    done: true,
    metadata: anyPack(OperationMetadataSchema, metadata),
    result:
      outcome.kind === 'response'
        ? { case: 'response', value: outcome.response }
        : {
            case: 'error',
            value: create(StatusSchema, { code: outcome.code, message: outcome.message }),
          },
  });
}
