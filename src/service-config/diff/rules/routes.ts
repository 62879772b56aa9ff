import type { CallerChange } from '../caller-change.ts';
import type { OperationView, RouteView, ServiceView } from '../service-view.ts';
import { inEachPair } from '../step.ts';
import type { CallerRule, Step } from '../step.ts';
import { fieldPath, keyedPath } from '../element-path.ts';
import { requiresApiKey } from './api-keys.ts';

/** Routes and methods that come, go, or now lead to another operation. */
export const routesRule: CallerRule = (step) => [
  ...[...step.old.routes.values()].flatMap((route) => goneOrRenamed(route, step)),
  ...[...step.next.routes.values()].flatMap((route) =>
    step.old.routes.has(route.key) ? [] : [added(route)],
  ),
  ...methodsWithoutRoute(step),
  ...renamedApis(step),
  ...inEachPair(step, ({ old, next, label }) =>
    !isDeprecated(old) && isDeprecated(next)
      ? notice('route-deprecated', fieldPath(next.element, 'options'), `${label} is now deprecated.`)
      : [],
  ),
];

function goneOrRenamed(route: RouteView, { next }: Step): CallerChange[] {
  const same = next.routes.get(route.key);
  if (same === undefined) {
    const [now] = next.operations.get(route.operation.selector)?.routes ?? [];
    const message = `${route.label} was removed.${now === undefined ? '' : ` Its operation is reached at ${now.label}.`}`;
    return [{ severity: 'breaking', rule: 'route-removed', element: route.element, message }];
  }
  const [from, to] = [route.operation.selector, same.operation.selector];
  if (from === to) return [];
  // The API was renamed, with all that it has: that is said once.
  if (route.operation.method.name === same.operation.method.name) return [];
  const message = `${route.label} is now operation ${to} instead of ${from}: quotas, restrictions of API keys and logs go by that name.`;
  return notice('operation-renamed', same.element, message);
}

function added({ label, element, operation }: RouteView): CallerChange {
  return {
    severity: 'notice',
    rule: 'route-added',
    element,
    message: `${label} was added${access(operation)}.`,
  };
}

/** An OpenAPI document that does not name its API names it after its major version and its host. */
function renamedApis({ pairs }: Step): CallerChange[] {
  const renamed = new Map(
    pairs
      .filter(({ old, next }) => old.api.name !== next.api.name && old.method.name === next.method.name)
      .map(({ old, next }) => [`${old.api.name} is now ${next.api.name}`, next.api.name]),
  );
  return [...renamed].flatMap(([what, name]) =>
    notice(
      'api-renamed',
      keyedPath('apis', 'name', name),
      `API ${what}: quotas, restrictions of API keys and logs go by the names of its operations.`,
    ),
  );
}

/** Who calls by method name misses a method whatever its routes are. */
function methodsWithoutRoute({ old, next }: Step): CallerChange[] {
  const missing = (from: ServiceView, to: ServiceView): OperationView[] =>
    [...from.operations.values()].filter(
      ({ selector, routes }) =>
        !to.operations.has(selector) && (from.hasProtobufClients || routes.length === 0),
    );
  return [
    ...missing(old, next).map(({ selector, element }): CallerChange => ({
      severity: 'breaking',
      rule: 'method-removed',
      element,
      message: `Method ${selector} was removed.`,
    })),
    ...missing(next, old)
      .filter(({ routes }) => routes.length === 0)
      .flatMap((operation) =>
        notice(
          'method-added',
          operation.element,
          `Method ${operation.selector} was added${access(operation)}.`,
        ),
      ),
  ];
}

function access(operation: OperationView): string {
  const needsToken =
    (operation.authentication?.requirements.length ?? 0) > 0 &&
    operation.authentication?.allowWithoutCredential !== true;
  const needsKey = requiresApiKey(operation);
  if (needsKey && needsToken) return ', for callers with an API key and a token';
  if (needsKey) return ', for callers with an API key';
  return needsToken ? ', for callers with a token' : '; anybody may call it, without a key or a token';
}

/** Source: protobuf writes the option as `deprecated`, OpenAPI documents make it a full name. */
function isDeprecated({ method }: OperationView): boolean {
  return method.options.some(
    ({ name }) => name === 'deprecated' || name.endsWith('MethodOptions.deprecated'),
  );
}

function notice(rule: string, element: string, message: string): CallerChange[] {
  return [{ severity: 'notice', rule, element, message }];
}
