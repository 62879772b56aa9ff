import type { Service as ServiceDefinition } from '../../gen/google/api/service_pb.ts';
import type { ManagedServiceRecord } from '../../store/managed-services.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer } from '../authorizer.ts';
import type { CallContext } from '../rpc/service.ts';
import { servedConfigId } from '../served-config.ts';
import { platformServices } from './platform-services.ts';

/** A service that a consumer can see. */
export interface CatalogueEntry {
  readonly serviceName: string;
  readonly title: string;
  /** What is rolled out; undefined for the platform's own services and before the first rollout. */
  readonly definition?: ServiceDefinition;
}

/** What the catalogue reads. */
export interface CatalogueDependencies {
  readonly store: Store;
  readonly authorizer: Authorizer;
}

/** Records read at once while listing. */
const scanSize = 200;

/** The service, if the consumer project may see it; undefined for what is missing and for what is not theirs alike. */
export async function findService(
  deps: CatalogueDependencies,
  context: CallContext,
  { serviceName, projectId }: { readonly serviceName: string; readonly projectId: string },
): Promise<CatalogueEntry | undefined> {
  const title = Object.hasOwn(platformServices, serviceName) ? platformServices[serviceName] : undefined;
  if (title !== undefined) return { serviceName, title };
  const record = await deps.store.managedServices.get(serviceName);
  if (record === undefined || record.deletedAtMs !== undefined) return undefined;
  return (await isVisible(deps, context, record, projectId)) ? toEntry(deps.store, record) : undefined;
}

/** Everything that the consumer project may see, by name. */
export async function* listCatalogue(
  deps: CatalogueDependencies,
  context: CallContext,
  { projectId, after = '' }: { readonly projectId: string; readonly after?: string },
): AsyncGenerator<CatalogueEntry> {
  const platform = Object.keys(platformServices).filter((name) => name > after);
  for await (const record of allServices(deps.store, after)) {
    if (!(await isVisible(deps, context, record, projectId))) continue;
    while (platform[0] !== undefined && platform[0] < record.serviceName)
      yield platformEntry(platform.shift());
    yield await toEntry(deps.store, record);
  }
  for (const name of platform) yield platformEntry(name);
}

/** A consumer sees what it produces, what it has enabled, and what the caller may bind to a project. */
async function isVisible(
  { store, authorizer }: CatalogueDependencies,
  context: CallContext,
  record: ManagedServiceRecord,
  projectId: string,
): Promise<boolean> {
  if (record.producerProjectId === projectId) return true;
  const resource = { kind: 'service', serviceName: record.serviceName } as const;
  const granted = await authorizer.grantedPermissions(context, resource, ['servicemanagement.services.bind']);
  return granted.length > 0 || store.enabledServices.isEnabled(projectId, record.serviceName);
}

async function* allServices(store: Store, from: string): AsyncGenerator<ManagedServiceRecord> {
  let after: string | undefined = from;
  while (after !== undefined) {
    const page: Awaited<ReturnType<Store['managedServices']['list']>> = await store.managedServices.list({
      limit: scanSize,
      ...(after === '' ? {} : { after }),
    });
    yield* page.records;
    after = page.next;
  }
}

function platformEntry(serviceName = ''): CatalogueEntry {
  return { serviceName, title: platformServices[serviceName] ?? serviceName };
}

async function toEntry(store: Store, { serviceName }: ManagedServiceRecord): Promise<CatalogueEntry> {
  const definition = await servedDefinition(store, serviceName);
  return {
    serviceName,
    title: definition?.title || serviceName,
    ...(definition === undefined ? {} : { definition }),
  };
}

/** The config that most of the traffic gets. */
async function servedDefinition(store: Store, serviceName: string): Promise<ServiceDefinition | undefined> {
  const configId = servedConfigId((await store.rollouts.active(serviceName))?.rollout);
  return configId === undefined
    ? undefined
    : (await store.serviceConfigs.get(serviceName, configId))?.service;
}
