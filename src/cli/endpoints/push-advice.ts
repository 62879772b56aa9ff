import { create, fromJson } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import type { Any } from '@bufbuild/protobuf/wkt';
import { ChangeType } from '../../gen/google/api/config_change_pb.ts';
import type { ConfigChange } from '../../gen/google/api/config_change_pb.ts';
import { ConfigRefSchema } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import {
  GenerateConfigReportResponseSchema,
  ServiceManager,
} from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { ApiError } from '../api/api-error.ts';
import type { Session } from '../session.ts';

/** Changes shown before a deploy; the rest is only counted. */
const shownChanges = 3;

/** A config that is about to be rolled out. */
export interface PendingConfig {
  readonly serviceName: string;
  readonly configId: string;
  readonly force: boolean;
}

/**
 * Shows what the server advises against in the step from the config in use to this one, and asks whether to go on
 * unless `force`. Throws CliError when the answer is no. Nobody to ask: goes on, as gcloud does.
 */
export async function showPushAdvice(session: Session, pending: PendingConfig): Promise<void> {
  if (!(await isServed(session, pending.serviceName))) return;
  const advised = (await findChanges(session, pending)).filter((change) => change.advices.length > 0);
  if (advised.length === 0) return;
  for (const change of advised.slice(0, shownChanges)) session.warn(`${describe(change)}\n`);
  if (advised.length > shownChanges) session.warn(`${advised.length} total changes with advice found.\n`);
  if (pending.force) {
    session.say(
      'Advice found for changes in the new service config, but proceeding anyway because --force is set...',
    );
    return;
  }
  await session.confirm({
    message: 'Advice found for changes in the new service config.',
    whenUnattended: 'continue',
  });
}

async function isServed(session: Session, serviceName: string): Promise<boolean> {
  const { rollouts } = await session.api.call(ServiceManager.method.listServiceRollouts, {
    serviceName,
    filter: 'status=SUCCESS',
    pageSize: 1,
  });
  return Array.isArray(rollouts) && rollouts.length > 0;
}

async function findChanges(
  session: Session,
  { serviceName, configId }: PendingConfig,
): Promise<ConfigChange[]> {
  const ref = (name: string): Any => anyPack(ConfigRefSchema, create(ConfigRefSchema, { name }));
  try {
    const json = await session.api.call(ServiceManager.method.generateConfigReport, {
      newConfig: ref(`services/${serviceName}/configs/${configId}`),
      oldConfig: ref(`services/${serviceName}`),
    });
    const report = fromJson(GenerateConfigReportResponseSchema, json, { ignoreUnknownFields: true });
    return report.changeReports.flatMap((one) => one.configChanges);
  } catch (error) {
    // Advice is an extra: a server that gives none can still be deployed to.
    if (error instanceof ApiError && error.status === 'UNIMPLEMENTED') return [];
    throw error;
  }
}

function describe(change: ConfigChange): string {
  const values = [
    ...(change.oldValue === '' ? [] : [`old value = ${change.oldValue}`]),
    ...(change.newValue === '' ? [] : [`new value = ${change.newValue}`]),
  ].join(', ');
  const what = `Element [${change.element}]${values === '' ? '' : ` (${values})`} was ${verbOf(change)}. Advice:`;
  return [what, ...change.advices.map((advice) => `\t* ${advice.description}`)].join('\n');
}

function verbOf({ changeType }: ConfigChange): string {
  switch (changeType) {
    case ChangeType.ADDED:
      return 'added';
    case ChangeType.REMOVED:
      return 'removed';
    default:
      return 'modified';
  }
}
