import type { JsonValue } from '@bufbuild/protobuf';
import { apiKeysOperations, serviceUsageOperations, waitForOperation } from '../api/operations.ts';
import type { Operation, OperationsApi } from '../api/operations.ts';
import { CliError } from '../cli-error.ts';
import type { Session } from '../session.ts';

/** How a `services …` command ends. */
export interface Finish {
  readonly api: OperationsApi;
  readonly isAsync: boolean | undefined;
  /** Shows what came out, as the commands on API keys do. */
  readonly showResult: boolean;
}

/** The API that an operation's name belongs to: those of API keys begin with `akmf.`. */
export function operationsApiOf(name: string): OperationsApi {
  return /^(operations\/)?akmf\./.test(name) ? apiKeysOperations : serviceUsageOperations;
}

/** Waits for an operation of Service Usage or API Keys and says so in gcloud's words. Throws CliError if it failed. */
export async function finishOperation(
  session: Session,
  operation: Operation,
  finish: Finish,
): Promise<Operation> {
  if (finish.isAsync === true && !operation.done) {
    session.say(
      'Asynchronous operation is in progress... Use the following command to wait for its completion:',
    );
    session.say(` gatehouse services operations wait ${operation.name}`);
    return operation;
  }
  const done = await waitForOperation(session, finish.api, operation);
  if (done.error !== undefined)
    throw new CliError(`The operation "${done.name}" resulted in a failure "${done.error.message}".`);
  if (finish.showResult && Object.keys(done.response).length > 0)
    session.say(`Operation [${done.name}] complete. Result: ${toResultText(done.response)}`);
  else session.say(`Operation "${done.name}" finished successfully.`);
  return done;
}

/** JSON as gcloud prints results: keys in order, four spaces, no space after a colon. */
function toResultText(value: JsonValue, indent: string = ''): string {
  const inner = `${indent}    `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item) => inner + toResultText(item, inner)).join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  if (keys.length === 0) return '{}';
  const lines = keys.map(
    (key) => `${inner}${JSON.stringify(key)}:${toResultText(value[key] as JsonValue, inner)}`,
  );
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
