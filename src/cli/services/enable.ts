import { ServiceUsage } from '../../gen/google/api/serviceusage/v1/serviceusage_pb.ts';
import { readOperation, serviceUsageOperations } from '../api/operations.ts';
import type { ClientCommand } from '../command.ts';
import type { Session } from '../session.ts';
import { finishOperation } from './finish-operation.ts';

/** The operation that stands for "it was enabled already". */
const nothingDone = 'operations/noop.DONE_OPERATION';

/** `services enable`. */
export const enableService: ClientCommand = {
  kind: 'client',
  path: ['services', 'enable'],
  summary: 'Enable services in a project, so that its keys work with them.',
  examples: [
    'services enable echo.endpoints.my-project.cloud.goog',
    'services enable echo.endpoints.my-project.cloud.goog --project consumer',
  ],
  define(command, run) {
    command
      .argument('<services...>')
      .option('--async', 'do not wait for the operation')
      .action((names: string[], flags: { async?: boolean }) =>
        run((session) => enable(session, names, flags.async)),
      );
  },
};

async function enable(
  session: Session,
  names: readonly string[],
  isAsync: boolean | undefined,
): Promise<void> {
  const parent = `projects/${session.project()}`;
  const { enableService: one, batchEnableServices: many } = ServiceUsage.method;
  const [first] = names;
  const json =
    names.length === 1
      ? await session.api.call(one, { name: `${parent}/services/${first ?? ''}` })
      : await session.api.call(many, { parent, serviceIds: [...names] });
  const operation = readOperation(json);
  if (operation.name === nothingDone) return;
  await finishOperation(session, operation, { api: serviceUsageOperations, isAsync, showResult: false });
}
