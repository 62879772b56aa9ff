import { RpcCode } from '../../../core/status.ts';

/** What a `checkErrors[0].code` becomes. */
export interface CheckErrorText {
  readonly rpcCode: RpcCode;
  /** `{service}` stands for the service name. */
  readonly message: string;
}

const text = (rpcCode: RpcCode, message: string): CheckErrorText => ({ rpcCode, message });

/**
 * By enum name of google.api.servicecontrol.v1.CheckError.Code. Source: esp service_control/proto.cc,
 * ConvertCheckResponse. The four `…_UNAVAILABLE` codes have no line: ESP v1 lets those calls pass.
 */
export const checkErrors: Readonly<Record<string, CheckErrorText>> = {
  NOT_FOUND: text(RpcCode.INVALID_ARGUMENT, 'Consumer project not found. Please pass a valid project.'),
  API_KEY_NOT_FOUND: text(RpcCode.INVALID_ARGUMENT, 'API key not found. Please pass a valid API key.'),
  API_KEY_EXPIRED: text(RpcCode.INVALID_ARGUMENT, 'API key expired. Please renew the API key.'),
  API_KEY_INVALID: text(RpcCode.INVALID_ARGUMENT, 'API key not valid. Please pass a valid API key.'),
  SERVICE_NOT_ACTIVATED: text(
    RpcCode.PERMISSION_DENIED,
    'API {service} is not enabled for the consumer project.',
  ),
  // Not 429 as in ESPv2.
  RESOURCE_EXHAUSTED: text(RpcCode.PERMISSION_DENIED, 'Quota check failed.'),
  PERMISSION_DENIED: text(
    RpcCode.PERMISSION_DENIED,
    "Consumer project doesn't have access to the API {service}",
  ),
  IP_ADDRESS_BLOCKED: text(
    RpcCode.PERMISSION_DENIED,
    'IP address is blocked by the API key with restrictions.',
  ),
  REFERER_BLOCKED: text(
    RpcCode.PERMISSION_DENIED,
    'Referer address is blocked by the API key with restrictions.',
  ),
  CLIENT_APP_BLOCKED: text(
    RpcCode.PERMISSION_DENIED,
    'Client application is blocked by the API key with restrictions.',
  ),
  API_TARGET_BLOCKED: text(RpcCode.PERMISSION_DENIED, 'API {service} is invalid for the consumer project.'),
  PROJECT_DELETED: text(RpcCode.PERMISSION_DENIED, 'Project has been deleted.'),
  PROJECT_INVALID: text(RpcCode.INVALID_ARGUMENT, 'Consumer project not valid. Please pass a valid project.'),
  BILLING_DISABLED: text(RpcCode.PERMISSION_DENIED, 'API {service} has billing disabled. Please enable it.'),
  INVALID_CREDENTIAL: text(RpcCode.PERMISSION_DENIED, 'The credential in the request can not be verified'),
  CONSUMER_INVALID: text(
    RpcCode.PERMISSION_DENIED,
    'The consumer from the API key does not represent a valid consumer folder or organization',
  ),
};

/** A code without a line in the table. */
export function unsupportedCheckError(code: string | number): CheckErrorText {
  return text(RpcCode.INTERNAL, `Request blocked due to unsupported error code: ${code}`);
}
