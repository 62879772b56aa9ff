import {
  CheckError_Code,
  CheckError_CodeSchema,
} from '../../gen/google/api/servicecontrol/v1/check_error_pb.ts';
import {
  CheckResponse_ConsumerInfo_ConsumerType as ConsumerType,
  CheckResponse_ConsumerInfo_ConsumerTypeSchema as ConsumerTypeSchema,
  type CheckResponse,
} from '../../gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import type { ServiceControlDialect } from '../service-control-dialect.ts';
import type { CheckOutcome, ConsumerInfo } from '../service-controller.ts';

const backendErrors: ReadonlySet<number> = new Set([
  CheckError_Code.NAMESPACE_LOOKUP_UNAVAILABLE,
  CheckError_Code.SERVICE_STATUS_UNAVAILABLE,
  CheckError_Code.BILLING_STATUS_UNAVAILABLE,
  CheckError_Code.CLOUD_RESOURCE_MANAGER_BACKEND_UNAVAILABLE,
]);

/**
 * What an answer means. Only the first error counts. A code outside the enum is given as its number.
 * Source: espv2 request_builder.cc ConvertCheckResponse.
 */
export function toCheckOutcome(
  response: CheckResponse,
  dialect: ServiceControlDialect,
  isNetworkFailOpen: boolean,
): CheckOutcome {
  const consumer = toConsumer(response);
  const error = response.checkErrors[0];
  if (error === undefined) return { kind: 'allowed', consumer, failedOpen: false };
  if (backendErrors.has(error.code) && (dialect.backendErrors === 'allow' || isNetworkFailOpen))
    return { kind: 'allowed', consumer, failedOpen: true };
  const code = CheckError_CodeSchema.value[error.code]?.name ?? String(error.code);
  return { kind: 'denied', code, detail: error.detail, consumer };
}

/** Nobody in particular. */
export const unknownConsumer: ConsumerInfo = {
  projectNumber: '',
  type: '',
  consumerNumber: '',
  apiKeyUid: '',
};

function toConsumer(response: CheckResponse): ConsumerInfo {
  const info = response.checkInfo;
  if (info === undefined) return unknownConsumer;
  const consumer = info.consumerInfo;
  return {
    projectNumber: positive(consumer?.projectNumber),
    type: consumer === undefined ? '' : typeName(consumer.type),
    consumerNumber: positive(consumer?.consumerNumber),
    apiKeyUid: info.apiKeyUid,
  };
}

function typeName(type: ConsumerType): string {
  if (type === ConsumerType.CONSUMER_TYPE_UNSPECIFIED) return '';
  return ConsumerTypeSchema.value[type]?.name ?? '';
}

function positive(number: bigint | undefined): string {
  return number !== undefined && number > 0n ? number.toString() : '';
}
