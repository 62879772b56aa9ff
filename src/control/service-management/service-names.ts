const maxNameLength = 253;
const minLabels = 2;
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether `name` is a DNS name of at least two labels, in lower case and without a trailing dot. */
export function isServiceName(name: string): boolean {
  if (name.length > maxNameLength) return false;
  const labels = name.split('.');
  return labels.length >= minLabels && labels.every((part) => label.test(part));
}

/**
 * The project that a service name itself tells, or undefined when it tells none. Two shapes do:
 * `NAME.endpoints.PROJECT.cloud.goog` and `[…].PROJECT.appspot.com`. Source: Service Management's naming rules.
 */
export function projectInServiceName(name: string): string | undefined {
  const endpoints = /\.endpoints\.([a-z0-9-]+)\.cloud\.goog$/.exec(name);
  if (endpoints !== null) return endpoints[1];
  return /(?:^|\.)([a-z0-9-]+)\.appspot\.com$/.exec(name)?.[1];
}

/**
 * Whether a project may produce a service of this name. Names that tell a project belong to that project.
 * Differs from Google: any other DNS name is taken without proof of owning the domain, because no public search
 * console stands behind a self-hosted control plane; the right to create services in the project is the proof.
 */
export function mayProduce(projectId: string, serviceName: string): boolean {
  const told = projectInServiceName(serviceName);
  return told === undefined || told === projectId;
}
