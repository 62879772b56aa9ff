/** Permissions on services that Service Management and Service Control know. */
const serviceReader = ['servicemanagement.services.get', 'servicemanagement.services.list'] as const;
const serviceWriter = [
  'servicemanagement.services.bind',
  'servicemanagement.services.check',
  'servicemanagement.services.create',
  'servicemanagement.services.delete',
  'servicemanagement.services.quota',
  'servicemanagement.services.report',
  'servicemanagement.services.update',
] as const;
const servicePolicy = [
  'servicemanagement.services.getIamPolicy',
  'servicemanagement.services.setIamPolicy',
] as const;
const apiKeyReader = [
  'apikeys.keys.get',
  'apikeys.keys.getKeyString',
  'apikeys.keys.list',
  'apikeys.keys.lookup',
] as const;
const apiKeyWriter = [
  'apikeys.keys.create',
  'apikeys.keys.delete',
  'apikeys.keys.undelete',
  'apikeys.keys.update',
] as const;
const projectReader = ['resourcemanager.projects.get'] as const;
const projectWriter = ['resourcemanager.projects.update'] as const;
const projectOwner = [
  'resourcemanager.projects.delete',
  'resourcemanager.projects.undelete',
  'resourcemanager.projects.getIamPolicy',
  'resourcemanager.projects.setIamPolicy',
] as const;
const accountReader = [
  'iam.serviceAccounts.get',
  'iam.serviceAccounts.list',
  'iam.serviceAccounts.getIamPolicy',
  'iam.serviceAccountKeys.get',
  'iam.serviceAccountKeys.list',
] as const;
const accountWriter = [
  'iam.serviceAccounts.actAs',
  'iam.serviceAccounts.create',
  'iam.serviceAccounts.delete',
  'iam.serviceAccounts.disable',
  'iam.serviceAccounts.enable',
  'iam.serviceAccounts.undelete',
  'iam.serviceAccounts.update',
] as const;
const accountKeyWriter = [
  'iam.serviceAccountKeys.create',
  'iam.serviceAccountKeys.delete',
  'iam.serviceAccountKeys.disable',
  'iam.serviceAccountKeys.enable',
] as const;
const tokenCreator = [
  'iam.serviceAccounts.getAccessToken',
  'iam.serviceAccounts.getOpenIdToken',
  'iam.serviceAccounts.implicitDelegation',
  'iam.serviceAccounts.signBlob',
  'iam.serviceAccounts.signJwt',
] as const;
const usageReader = ['serviceusage.services.get', 'serviceusage.services.list'] as const;
const usageWriter = [
  'serviceusage.services.disable',
  'serviceusage.services.enable',
  'serviceusage.services.use',
] as const;
const quotaReader = ['serviceconsumermanagement.quota.get', 'serviceusage.quotas.get'] as const;
const quotaWriter = [
  'serviceconsumermanagement.consumers.get',
  'serviceconsumermanagement.quota.update',
  'serviceusage.quotas.update',
] as const;
const traceReader = [
  'cloudtrace.traces.get',
  'cloudtrace.traces.list',
  'cloudtrace.insights.get',
  'cloudtrace.insights.list',
  'cloudtrace.tasks.get',
  'cloudtrace.tasks.list',
] as const;
const traceWriter = ['cloudtrace.traces.patch', 'telemetry.traces.write'] as const;
const logReader = ['logging.logEntries.list', 'logging.logs.list'] as const;
const logWriter = ['logging.logEntries.create'] as const;
const monitoringReader = [
  'monitoring.metricDescriptors.get',
  'monitoring.metricDescriptors.list',
  'monitoring.monitoredResourceDescriptors.get',
  'monitoring.monitoredResourceDescriptors.list',
  'monitoring.timeSeries.list',
] as const;
const monitoringWriter = ['monitoring.timeSeries.create', 'monitoring.metricDescriptors.create'] as const;

const viewer: readonly string[] = [
  ...serviceReader,
  ...projectReader,
  ...accountReader,
  ...usageReader,
  ...quotaReader,
  ...traceReader,
  ...logReader,
  ...monitoringReader,
  'apikeys.keys.get',
  'apikeys.keys.list',
];
const editor: readonly string[] = [
  ...viewer,
  ...serviceWriter,
  ...apiKeyReader,
  ...apiKeyWriter,
  ...projectWriter,
  ...accountWriter,
  ...accountKeyWriter,
  ...usageWriter,
  ...quotaWriter,
  ...traceWriter,
  ...logWriter,
  ...monitoringWriter,
];

/** A predefined role. */
export interface RoleDefinition {
  readonly title: string;
  readonly description: string;
  readonly permissions: readonly string[];
}

/** The predefined roles by name. Source: IAM's role reference, as far as the product's services go. */
export const roles: Readonly<Record<string, RoleDefinition>> = {
  'roles/viewer': role('Viewer', 'See everything but secrets', viewer),
  'roles/editor': role('Editor', 'See and change everything but policies', editor),
  'roles/owner': role('Owner', 'Everything', [
    ...editor,
    ...servicePolicy,
    ...projectOwner,
    ...tokenCreator,
    'iam.serviceAccounts.setIamPolicy',
  ]),
  'roles/servicemanagement.serviceController': role(
    'Service Controller',
    'Check, allocate quota and report at run time',
    [
      'servicemanagement.services.check',
      'servicemanagement.services.get',
      'servicemanagement.services.quota',
      'servicemanagement.services.report',
    ],
  ),
  'roles/servicemanagement.serviceConsumer': role('Service Consumer', 'Enable the service', [
    'servicemanagement.services.bind',
  ]),
  'roles/servicemanagement.configEditor': role('Service Config Editor', 'Upload configs and roll them out', [
    'servicemanagement.services.get',
    'servicemanagement.services.update',
  ]),
  'roles/servicemanagement.reporter': role('Service Reporter', 'Report usage', [
    'servicemanagement.services.report',
  ]),
  'roles/servicemanagement.checker': role('Service Checker', 'Check calls', [
    'servicemanagement.services.check',
  ]),
  'roles/servicemanagement.quotaViewer': role('Quota Viewer', 'See quota and overrides', quotaReader),
  'roles/servicemanagement.quotaAdmin': role('Quota Administrator', 'See quota and set overrides', [
    ...quotaReader,
    ...quotaWriter,
  ]),
  'roles/servicemanagement.admin': role('Service Management Administrator', 'Everything about services', [
    ...serviceReader,
    ...serviceWriter,
    ...servicePolicy,
    ...quotaReader,
    ...quotaWriter,
    ...projectReader,
    'serviceusage.services.get',
    'monitoring.timeSeries.list',
  ]),
  'roles/cloudtrace.agent': role('Cloud Trace Agent', 'Write traces', traceWriter),
  'roles/cloudtrace.user': role('Cloud Trace User', 'Read traces', traceReader),
  'roles/cloudtrace.admin': role('Cloud Trace Admin', 'Read and write traces', [
    ...traceReader,
    ...traceWriter,
  ]),
  'roles/serviceusage.apiKeysAdmin': role('API Keys Admin', 'See and change API keys', [
    ...apiKeyReader,
    ...apiKeyWriter,
  ]),
  'roles/serviceusage.apiKeysViewer': role('API Keys Viewer', 'See API keys', apiKeyReader),
  'roles/serviceusage.serviceUsageAdmin': role('Service Usage Admin', 'Enable and disable services', [
    ...usageReader,
    ...usageWriter,
  ]),
  'roles/serviceusage.serviceUsageViewer': role(
    'Service Usage Viewer',
    'See which services are enabled',
    usageReader,
  ),
  'roles/serviceusage.serviceUsageConsumer': role('Service Usage Consumer', 'Use enabled services', [
    ...usageReader,
    'serviceusage.services.use',
  ]),
  'roles/iam.serviceAccountAdmin': role('Service Account Admin', 'See and change service accounts', [
    ...accountReader,
    ...accountWriter,
    'iam.serviceAccounts.setIamPolicy',
  ]),
  'roles/iam.serviceAccountKeyAdmin': role(
    'Service Account Key Admin',
    'See and change keys of service accounts',
    ['iam.serviceAccountKeys.get', 'iam.serviceAccountKeys.list', ...accountKeyWriter],
  ),
  'roles/iam.serviceAccountUser': role('Service Account User', 'Run as service accounts', [
    'iam.serviceAccounts.actAs',
    'iam.serviceAccounts.get',
    'iam.serviceAccounts.list',
  ]),
  'roles/iam.serviceAccountViewer': role('View Service Accounts', 'See service accounts', accountReader),
  'roles/iam.serviceAccountTokenCreator': role(
    'Service Account Token Creator',
    'Make tokens for service accounts',
    tokenCreator,
  ),
  'roles/logging.logWriter': role('Logs Writer', 'Write log entries', logWriter),
  'roles/logging.viewer': role('Logs Viewer', 'Read log entries', logReader),
  'roles/monitoring.viewer': role('Monitoring Viewer', 'Read time series', monitoringReader),
  'roles/monitoring.metricWriter': role('Monitoring Metric Writer', 'Write time series', monitoringWriter),
  'roles/resourcemanager.projectIamAdmin': role('Project IAM Admin', 'See and set policies of projects', [
    ...projectReader,
    'resourcemanager.projects.getIamPolicy',
    'resourcemanager.projects.setIamPolicy',
  ]),
};

/** Names from before the permissions were regrouped, which gcloud still tests, and what they mean now. */
const legacyNames: Readonly<Record<string, string>> = {
  'servicemanagement.services.getProjectSettings': 'servicemanagement.services.get',
  'servicemanagement.services.updateProjectSettings': 'servicemanagement.services.update',
};

const byRole: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(roles).map(([name, { permissions }]) => [name, new Set(permissions)]),
);

/** Whether the role carries the permission; a role that is not predefined carries none. */
export function roleGrants(roleName: string, permission: string): boolean {
  return byRole.get(roleName)?.has(legacyNames[permission] ?? permission) ?? false;
}

function role(title: string, description: string, permissions: readonly string[]): RoleDefinition {
  return { title, description, permissions: [...new Set(permissions)].sort() };
}
