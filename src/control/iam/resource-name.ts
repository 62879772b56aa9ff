import type { IamResource } from '../authorizer.ts';

/** The name under which a resource's policy is kept and addressed: `services/S`, `projects/P`, and below them. */
export function formatIamResource(resource: IamResource): string {
  switch (resource.kind) {
    case 'service':
      return `services/${resource.serviceName}`;
    case 'project':
      return `projects/${resource.projectId}`;
    case 'serviceAccount':
      return `projects/${resource.projectId}/serviceAccounts/${resource.email}`;
    case 'consumer':
      return `services/${resource.serviceName}/consumers/${resource.consumer}`;
    default:
      return resource satisfies never;
  }
}

/** The resource that a name addresses; undefined when nothing of this form carries a policy. */
export function parseIamResource(name: string): IamResource | undefined {
  const [first, second, third, fourth, ...rest] = name.split('/');
  if (rest.length > 0 || second === undefined || second === '') return undefined;
  if (third === undefined) {
    if (first === 'services') return { kind: 'service', serviceName: second };
    if (first === 'projects') return { kind: 'project', projectId: second };
    return undefined;
  }
  if (fourth === undefined || fourth === '') return undefined;
  if (first === 'services' && third === 'consumers')
    return { kind: 'consumer', serviceName: second, consumer: fourth };
  if (first === 'projects' && third === 'serviceAccounts')
    return { kind: 'serviceAccount', projectId: second, email: fourth };
  return undefined;
}
