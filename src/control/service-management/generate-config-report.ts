import { create } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import { ChangeType, ConfigChangeSchema } from '../../gen/google/api/config_change_pb.ts';
import type { ConfigChange } from '../../gen/google/api/config_change_pb.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import { ChangeReportSchema } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { GenerateConfigReportResponseSchema } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import type {
  GenerateConfigReportRequest,
  GenerateConfigReportResponse,
} from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { compareServices } from '../../service-config/diff/compare-services.ts';
import type { ElementChange } from '../../service-config/diff/element-change.ts';
import { relateChanges } from '../../service-config/diff/relate-changes.ts';
import type { RelatedChange } from '../../service-config/diff/relate-changes.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import { readConfigOperand } from './config-operand.ts';
import type { ConfigOperand } from './config-operand.ts';
import type { ServiceManagementDependencies } from './dependencies.ts';
import { findPredecessor } from './find-predecessor.ts';

/**
 * GenerateConfigReport: every element in which two configs differ, with advice where callers may be hurt or let in. Without an
 * old config the one before it is taken; where there is none, everything is new and nothing is advised. Files
 * that do not compile answer with their diagnostics and no changes. Needs `servicemanagement.services.get` for the
 * configs that it looks up.
 */
export async function generateConfigReport(
  deps: ServiceManagementDependencies,
  { newConfig, oldConfig }: GenerateConfigReportRequest,
  context: CallContext,
): Promise<GenerateConfigReportResponse> {
  if (newConfig === undefined) throw new RpcError(RpcCode.INVALID_ARGUMENT, 'new_config must be given.');
  const next = await readConfigOperand(deps, 'new_config', newConfig, context);
  const old =
    oldConfig === undefined
      ? await readPredecessor(deps, next, context)
      : await readConfigOperand(deps, 'old_config', oldConfig, context);
  const diagnostics = [...(old?.diagnostics ?? []), ...next.diagnostics];
  const { service } = next;
  // Diagnostics say what is wrong with the one that did not compile.
  const changeReports =
    service === undefined || (old !== undefined && old.service === undefined)
      ? []
      : [create(ChangeReportSchema, { configChanges: listChanges(old?.service, service) })];
  return create(GenerateConfigReportResponseSchema, {
    serviceName: service?.name ?? '',
    id: service?.id ?? '',
    changeReports,
    diagnostics,
  });
}

async function readPredecessor(
  deps: ServiceManagementDependencies,
  next: ConfigOperand,
  context: CallContext,
): Promise<ConfigOperand | undefined> {
  if (next.service === undefined) return undefined;
  const service = await findPredecessor(deps, { ...next, service: next.service }, context);
  return service === undefined ? undefined : { service, diagnostics: [], isStored: true };
}

function listChanges(old: Service | undefined, next: Service): ConfigChange[] {
  if (old !== undefined) return relateChanges(compareServices(old, next)).map(toConfigChange);
  const { elements } = compareServices(create(ServiceSchema), next);
  return elements.map((change) => toConfigChange({ change, callers: [] }));
}

function toConfigChange({ change, callers }: RelatedChange): ConfigChange {
  const grave = callers.filter(({ severity }) => severity !== 'notice');
  return create(ConfigChangeSchema, {
    element: change.element,
    oldValue: change.oldValue ?? '',
    newValue: change.newValue ?? '',
    changeType: changeTypes[change.type],
    advices: grave.map(({ message }) => ({ description: message })),
  });
}

const changeTypes: Readonly<Record<ElementChange['type'], ChangeType>> = {
  added: ChangeType.ADDED,
  removed: ChangeType.REMOVED,
  modified: ChangeType.MODIFIED,
};
