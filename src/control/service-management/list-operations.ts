import { create } from '@bufbuild/protobuf';
import { ListOperationsResponseSchema } from '../../gen/google/longrunning/operations_pb.ts';
import type {
  ListOperationsRequest,
  ListOperationsResponse,
} from '../../gen/google/longrunning/operations_pb.ts';
import type { OperationRecord } from '../../store/operations.ts';
import type { CallContext } from '../rpc/service.ts';
import type { ServiceManagementDependencies } from './dependencies.ts';
import { parseOperationFilter } from './operation-filter.ts';
import { formatPageToken, parsePageRequest } from '../paging.ts';
import type { PageLimits } from '../paging.ts';
import { requireService } from './service-access.ts';

const limits: PageLimits = { kind: 'operations', defaultSize: 50, maxSize: 100 };
/** Pages of the store that one call reads at most; after them the client gets a token to go on with. */
const maxScannedPages = 20;

/**
 * ListOperations of Service Management, newest first: those of the service that the filter must name, for
 * whoever may get the service. Operations of a deleted service are still listed.
 */
export async function listOperations(
  deps: Pick<ServiceManagementDependencies, 'store' | 'authorizer'>,
  request: ListOperationsRequest,
  context: CallContext,
): Promise<ListOperationsResponse> {
  const { serviceName, matches } = parseOperationFilter(request.filter);
  const page = parsePageRequest(request, limits);
  const permission = 'servicemanagement.services.get';
  await requireService(deps, context, { serviceName, permission, deleted: true });
  const found: OperationRecord[] = [];
  let { after } = page;
  for (let scanned = 0; scanned < maxScannedPages; scanned++) {
    const batch = await deps.store.operations.list(
      { api: 'servicemanagement', resource: `services/${serviceName}` },
      // Never more than still fit, so that the batch's own cursor is the place to go on from.
      { limit: page.limit - found.length, ...(after === undefined ? {} : { after }) },
    );
    found.push(...batch.records.filter(matches));
    after = batch.next;
    if (after === undefined || found.length === page.limit) break;
  }
  return create(ListOperationsResponseSchema, {
    operations: found.map((record) => record.operation),
    nextPageToken: formatPageToken(after, limits),
  });
}
