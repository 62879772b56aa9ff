import { RpcCode } from '../../../core/status.ts';

/** What a `checkErrors[0].code` becomes. */
export interface CheckErrorText {
  readonly rpcCode: RpcCode;
  /** `{service}` stands for the service name. */
  readonly message: string;
}

const text = (rpcCode: RpcCode, message: string): CheckErrorText => ({ rpcCode, message });

const backendsDown = text(
  RpcCode.UNAVAILABLE,
  'One or more Google Service Control backends are unavailable.',
);

/** By enum name of google.api.servicecontrol.v1.CheckError.Code. Source: espv2 request_builder.cc, ConvertCheckResponse. */
export const checkErrors: Readonly<Record<string, CheckErrorText>> = {
  NOT_FOUND: text(RpcCode.INVALID_ARGUMENT, 'Client project not found. Please pass a valid project.'),
  RESOURCE_EXHAUSTED: text(RpcCode.RESOURCE_EXHAUSTED, 'Quota check failed.'),
  PERMISSION_DENIED: text(RpcCode.PERMISSION_DENIED, 'Permission denied.'),
  SERVICE_NOT_ACTIVATED: text(RpcCode.PERMISSION_DENIED, 'API {service} is not enabled for the project.'),
  API_KEY_INVALID: text(RpcCode.INVALID_ARGUMENT, 'API key not valid. Please pass a valid API key.'),
  BILLING_DISABLED: text(RpcCode.PERMISSION_DENIED, 'API {service} has billing disabled. Please enable it.'),
  PROJECT_DELETED: text(RpcCode.PERMISSION_DENIED, 'Project has been deleted.'),
  IP_ADDRESS_BLOCKED: text(RpcCode.PERMISSION_DENIED, 'IP address blocked.'),
  REFERER_BLOCKED: text(RpcCode.PERMISSION_DENIED, 'Referer blocked.'),
  CLIENT_APP_BLOCKED: text(RpcCode.PERMISSION_DENIED, 'Client application blocked.'),
  API_KEY_EXPIRED: text(RpcCode.INVALID_ARGUMENT, 'API key expired. Please renew the API key.'),
  API_KEY_NOT_FOUND: text(RpcCode.INVALID_ARGUMENT, 'API key not found. Please pass a valid API key.'),
  PROJECT_INVALID: text(RpcCode.INVALID_ARGUMENT, 'Client project not valid. Please pass a valid project.'),
  // The blank in front is ESPv2's.
  API_TARGET_BLOCKED: text(
    RpcCode.PERMISSION_DENIED,
    ' The API targeted by this request is invalid for the given API key.',
  ),
  INVALID_CREDENTIAL: text(RpcCode.PERMISSION_DENIED, 'The credential in the request can not be verified.'),
  CONSUMER_INVALID: text(
    RpcCode.PERMISSION_DENIED,
    'The consumer from the API key does not represent a valid consumer folder or organization.',
  ),
  NAMESPACE_LOOKUP_UNAVAILABLE: backendsDown,
  SERVICE_STATUS_UNAVAILABLE: backendsDown,
  BILLING_STATUS_UNAVAILABLE: backendsDown,
  CLOUD_RESOURCE_MANAGER_BACKEND_UNAVAILABLE: backendsDown,
};

/** A code without a line in the table; ESPv2 prints its number. */
export function unsupportedCheckError(code: string | number): CheckErrorText {
  return text(
    RpcCode.INTERNAL,
    `Request blocked due to unsupported error code in Google Service Control Check response: ${code}`,
  );
}
