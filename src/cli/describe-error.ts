import { errorMessage } from '../core/errors.ts';
import { ApiError, mendingHint } from './api/api-error.ts';

/** What a person reads of an error: a server's refusal comes with its status and what to do about it. */
export function describeError(error: unknown): string {
  if (!(error instanceof ApiError)) return errorMessage(error);
  const hint = mendingHint(error);
  return `${error.status}: ${error.message}${hint === undefined ? '' : ` ${hint}`}`;
}
