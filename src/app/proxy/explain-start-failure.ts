import { ConfigError, errorMessage, systemErrorCode } from '../../core/errors.ts';

/** Why a proxy did not start and what to do about it, in one line. */
export function explainStartFailure(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const code = systemErrorCode(error);
  if (code === 'EADDRINUSE')
    return `${errorMessage(error)}; another process has the port: stop it, or choose another port`;
  if (code === 'EACCES')
    return `${errorMessage(error)}; ports below 1024 need a privilege: choose a higher one`;
  return errorMessage(error);
}
