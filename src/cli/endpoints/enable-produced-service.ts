import { ServiceUsage } from '../../gen/google/api/serviceusage/v1/serviceusage_pb.ts';
import { ApiError } from '../api/api-error.ts';
import { readOperation, serviceUsageOperations, waitForOperation } from '../api/operations.ts';
import type { Session } from '../session.ts';
import { throwIfFailed } from './finish-operation.ts';

/** Lets the producer's own project use its new service; lacking permission is no reason for the deploy to fail. */
export async function enableProducedService(
  session: Session,
  serviceName: string,
  isAsync: boolean | undefined,
): Promise<void> {
  const project = session.project();
  session.say(`Enabling service [${serviceName}] on project [${project}]...`);
  try {
    const name = `projects/${project}/services/${serviceName}`;
    const started = readOperation(await session.api.call(ServiceUsage.method.enableService, { name }));
    if (isAsync !== true && !started.done) {
      const done = await waitForOperation(session, serviceUsageOperations, started);
      throwIfFailed(done);
      session.say(`Operation "${done.name}" finished successfully.`);
    }
    session.say('');
  } catch (error) {
    if (!(error instanceof ApiError) || (error.httpStatus !== 403 && error.httpStatus !== 404)) throw error;
    session.warn(
      `Attempted to enable service [${serviceName}] on project [${project}], but did not have required permissions. Please ensure this service is enabled before using your Endpoints service.\n`,
    );
  }
}
