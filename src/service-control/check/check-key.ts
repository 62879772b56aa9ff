import type { CheckRequest } from '../service-controller.ts';

/**
 * Cache key of a check: everything that the answer may depend on. Operation id, time, service and config are not in it.
 * Source: service-control-client-cxx, signature of operation name, consumer id and labels.
 */
export function checkKey(request: CheckRequest): string {
  return `${request.operationName}\0${request.apiKey}\0${request.callerIp}\0${request.referer}\0${request.androidPackageName}\0${request.androidCertFingerprint}\0${request.iosBundleId}`;
}
