import type { Endpoint } from '../../../gen/google/api/endpoint_pb.ts';
import type { CallerChange } from '../caller-change.ts';
import { fieldPath, keyedPath } from '../element-path.ts';
import type { CallerRule } from '../step.ts';

/** The service as a whole: its host, its Service Control, its address in DNS, and cross-origin calls. */
export const serviceRule: CallerRule = ({ old: { service: old }, next: { service: next } }) => [
  ...(old.name === next.name ? [] : [hostChanged(old.name, next.name)]),
  ...compareControl(old.control?.environment ?? '', next.control?.environment ?? ''),
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

/** Without a Service Control to ask, the proxies check no API key. */
function compareControl(old: string, next: string): CallerChange[] {
  if (old === next) return [];
  const element = 'control.environment';
  if (next === '') {
    const message =
      'No Service Control is asked any more: no API key is checked, no quota counted, no call reported.';
    return [{ severity: 'weakened-security', rule: 'service-control-dropped', element, message }];
  }
  const rule = old === '' ? 'service-control-added' : 'service-control-moved';
  const message = `API keys and quota are now the business of ${next}${old === '' ? '' : ` instead of ${old}`}.`;
  return [{ severity: old === '' ? 'breaking' : 'notice', rule, element, message }];
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
