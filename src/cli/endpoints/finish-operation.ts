import { serviceManagementOperations, waitForOperation } from '../api/operations.ts';
import type { Operation } from '../api/operations.ts';
import { CliError } from '../cli-error.ts';
import type { Session } from '../session.ts';

/**
 * Waits for an operation of Service Management and says so in gcloud's words, or with `isAsync` says how to wait.
 * Throws CliError with the server's reason when it failed.
 */
export async function finishOperation(
  session: Session,
  operation: Operation,
  isAsync: boolean | undefined,
): Promise<Operation> {
  const { name } = operation;
  if (isAsync === true) {
    session.say(
      'Asynchronous operation is in progress... Use the following command to wait for its completion:',
    );
    session.say(` gatehouse endpoints operations wait ${name}\n`);
    return operation;
  }
  session.say(`Waiting for async operation ${name} to complete...`);
  const done = await waitForOperation(session, serviceManagementOperations, operation);
  throwIfFailed(done);
  session.say('Operation finished successfully. The following command can describe the Operation details:');
  session.say(` gatehouse endpoints operations describe ${name}\n`);
  return done;
}

/** Throws CliError for an operation that failed. */
export function throwIfFailed(operation: Operation): void {
  if (operation.error === undefined) return;
  const { status, message } = operation.error;
  throw new CliError(`The operation with ID ${operation.name} resulted in a failure. ${status}: ${message}`);
}
