/** What the help says about groups of commands. */
export const commandGroups: Readonly<Record<string, string>> = {
  endpoints: 'Services that you produce: deploy them and look after them.',
  'endpoints services': 'Deploy and manage services.',
  'endpoints configs': 'Look at the configs of services.',
  'endpoints operations': 'Look at operations on services.',
  services: 'Services that a project consumes, and its API keys.',
  'services operations': 'Look at operations of `services` and `services api-keys`.',
  'services api-keys': 'Manage API keys.',
  iam: 'Identities.',
  'iam service-accounts': 'Manage service accounts.',
  'iam service-accounts keys': 'Manage the keys of service accounts.',
  projects: 'Manage projects and who may do what in them.',
  config: 'What the client remembers.',
};
