import { CheckError_Code } from '../../gen/google/api/servicecontrol/v1/check_error_pb.ts';

/** The number behind an enum name; names that are numbers already, and unknown ones, come back as they are. */
export function checkErrorNumber(code: string): string | number {
  return (CheckError_Code as Readonly<Record<string, string | number>>)[code] ?? code;
}

const backendsDown: ReadonlySet<string> = new Set([
  'NAMESPACE_LOOKUP_UNAVAILABLE',
  'SERVICE_STATUS_UNAVAILABLE',
  'BILLING_STATUS_UNAVAILABLE',
  'CLOUD_RESOURCE_MANAGER_BACKEND_UNAVAILABLE',
]);

/** Whether a check error says that Service Control itself could not decide. */
export function isUndecided(code: string): boolean {
  return backendsDown.has(code);
}
