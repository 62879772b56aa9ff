import type { Endpoint } from '../../../gen/google/api/endpoint_pb.ts';
import type { CallerChange } from '../caller-change.ts';
import { fieldPath, keyedPath } from '../element-path.ts';
import type { CallerRule } from '../step.ts';

/** The service as a whole: its host, its address in DNS, and cross-origin calls. */
export const serviceRule: CallerRule = ({ old: { service: old }, next: { service: next } }) => [
  ...(old.name === next.name ? [] : [hostChanged(old.name, next.name)]),
  ...next.endpoints.flatMap((endpoint) => {
    const before = old.endpoints.find(({ name }) => name === endpoint.name);
    return before === undefined ? [] : compareEndpoints(before, endpoint);
  }),
];

function hostChanged(old: string, next: string): CallerChange {
  return {
    severity: 'breaking',
    rule: 'host-changed',
    element: 'name',
    message: `The service is now ${next} instead of ${old}: another service, with other consumers, keys and quota.`,
  };
}

function compareEndpoints(old: Endpoint, next: Endpoint): CallerChange[] {
  const path = keyedPath('endpoints', 'name', next.name);
  const changes: CallerChange[] = [];
  if (old.target !== next.target)
    changes.push({
      severity: 'notice',
      rule: 'endpoint-target-changed',
      element: fieldPath(path, 'target'),
      message: `${next.name} now resolves to ${next.target || 'no address'} instead of ${old.target || 'no address'}.`,
    });
  if (old.allowCors !== next.allowCors) {
    const message = next.allowCors
      ? `Preflight requests (CORS) to ${next.name} now reach the backend, which decides about them.`
      : `Preflight requests (CORS) to ${next.name} no longer reach the backend: scripts of other origins cannot call it.`;
    changes.push({
      severity: next.allowCors ? 'notice' : 'breaking',
      rule: next.allowCors ? 'cors-added' : 'cors-dropped',
      element: fieldPath(path, 'allow_cors'),
      message,
    });
  }
  return changes;
}
