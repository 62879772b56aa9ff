import type { JsonObject } from '@bufbuild/protobuf';
import { ServiceManager } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { ApiError } from '../api/api-error.ts';
import { listAll } from '../api/list-all.ts';
import type { ClientCommand } from '../command.ts';
import type { Format } from '../output/format.ts';
import { addListFlags } from '../output/list-flags.ts';
import type { ListFlags } from '../output/list-flags.ts';
import type { Session } from '../session.ts';

const table: Format = {
  kind: 'table',
  columns: [
    { path: 'serviceName', label: 'NAME' },
    { path: 'serviceConfig.title', label: 'TITLE' },
  ],
};
/** Titles asked for at once. */
const concurrency = 8;

/** `endpoints services list`. */
export const listServices: ClientCommand = {
  kind: 'client',
  path: ['endpoints', 'services', 'list'],
  summary: 'List the services that a project produces.',
  examples: ['endpoints services list', 'endpoints services list --format="value(serviceName)"'],
  define(command, run) {
    addListFlags(command);
    command
      .option('--uri', 'print the URIs of the services')
      .action((flags: ListFlags & { uri?: boolean }) => run((session) => list(session, flags)));
  },
};

async function list(session: Session, flags: ListFlags & { readonly uri?: boolean }): Promise<void> {
  const services = await listAll(session.api, {
    method: ServiceManager.method.listServices,
    request: { producerProjectId: session.project() },
    field: 'services',
  });
  if (flags.uri !== true) return session.printList(await withTitles(session, services), table, flags);
  const endpoint = session.connection.endpoint();
  const base = endpoint.kind === 'google' ? 'https://servicemanagement.googleapis.com' : endpoint.url;
  const uris = services.map((service) => ({
    ...service,
    uri: `${base}/v1/services/${String(service['serviceName'])}`,
  }));
  session.printList(uris, { kind: 'value', columns: [{ path: 'uri', label: 'URI' }] }, flags);
}

/** A service does not carry its title; the config in use does. */
async function withTitles(session: Session, services: readonly JsonObject[]): Promise<JsonObject[]> {
  const titled: JsonObject[] = [];
  for (let start = 0; start < services.length; start += concurrency)
    titled.push(
      ...(await Promise.all(
        services.slice(start, start + concurrency).map((one) => withTitle(session, one)),
      )),
    );
  return titled;
}

async function withTitle(session: Session, service: JsonObject): Promise<JsonObject> {
  if ('serviceConfig' in service) return service;
  const serviceName = String(service['serviceName']);
  try {
    const { title } = await session.api.call(ServiceManager.method.getServiceConfig, {
      serviceName,
      configId: '',
    });
    return title === undefined ? service : { ...service, serviceConfig: { title } };
  } catch (error) {
    // Nothing is deployed yet, or the caller may see the service but not its configs.
    if (error instanceof ApiError) return service;
    throw error;
  }
}
