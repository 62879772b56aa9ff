import type { SystemParameter } from '../../../gen/google/api/system_parameter_pb.ts';
import type { CallerChange } from '../caller-change.ts';
import { fieldPath } from '../element-path.ts';
import type { OperationView } from '../service-view.ts';
import { inEachPair, pairRulePath } from '../step.ts';
import type { CallerRule, OperationPair } from '../step.ts';

/** Whether an API key is needed, where it is looked for, and whether Service Control is asked at all. */
export const apiKeysRule: CallerRule = (step) =>
  inEachPair(step, (pair) => [...compareNeed(pair), ...compareControl(pair), ...comparePlaces(pair)]);

/** Whether calls without a consumer are refused. Source: google.api.UsageRule. */
export function requiresApiKey({ usage }: OperationView): boolean {
  return usage?.allowUnregisteredCalls !== true && usage?.skipServiceControl !== true;
}

function compareNeed(pair: OperationPair): CallerChange[] {
  const { old, next, label } = pair;
  if (requiresApiKey(old) === requiresApiKey(next)) return [];
  const rule = pairRulePath('usage.rules', pair, [old.usage, next.usage]);
  const isByKey =
    (old.usage?.allowUnregisteredCalls === true) !== (next.usage?.allowUnregisteredCalls === true);
  const element = fieldPath(rule, isByKey ? 'allow_unregistered_calls' : 'skip_service_control');
  if (requiresApiKey(next)) {
    const message = `${label} now needs an API key: calls without one are refused.`;
    return [{ severity: 'breaking', rule: 'api-key-required', element, message }];
  }
  const message = `${label} no longer needs an API key: calls may come from nobody in particular.`;
  return [{ severity: 'weakened-security', rule: 'api-key-dropped', element, message }];
}

function compareControl(pair: OperationPair): CallerChange[] {
  const { old, next, label } = pair;
  const isSkipped = next.usage?.skipServiceControl === true;
  if ((old.usage?.skipServiceControl === true) === isSkipped) return [];
  const rule = pairRulePath('usage.rules', pair, [old.usage, next.usage]);
  const element = fieldPath(rule, 'skip_service_control');
  if (isSkipped) {
    const message = `${label} is no longer checked, counted or reported with Service Control.`;
    return [{ severity: 'weakened-security', rule: 'service-control-dropped', element, message }];
  }
  const message = `${label} is now checked, counted and reported with Service Control.`;
  return [{ severity: 'notice', rule: 'service-control-added', element, message }];
}

function comparePlaces(pair: OperationPair): CallerChange[] {
  const { old, next, label } = pair;
  if (!requiresApiKey(old) || !requiresApiKey(next)) return [];
  const [before, after] = [keyPlaces(old), keyPlaces(next)];
  const rule = pairRulePath('system_parameters.rules', pair, [old.parameters, next.parameters]);
  const element = fieldPath(rule, 'parameters');
  const lost = before.filter((place) => !after.includes(place));
  const won = after.filter((place) => !before.includes(place));
  return [
    ...lost.map((place): CallerChange => {
      const message = `${label} no longer takes its API key from the ${place}.`;
      return { severity: 'breaking', rule: 'api-key-place-removed', element, message };
    }),
    ...won.map((place): CallerChange => {
      const message = `${label} now takes its API key from the ${place} too.`;
      return { severity: 'notice', rule: 'api-key-place-added', element, message };
    }),
  ];
}

/** Where the proxies look for a key when the config does not say. Source: ESPv2, api_key locations. */
const defaultPlaces: readonly string[] = [
  'query parameter key',
  'query parameter api_key',
  'header x-api-key',
];

function keyPlaces({ parameters }: OperationView): readonly string[] {
  const named = (parameters?.parameters ?? []).filter(({ name }) => name === 'api_key').flatMap(placesOf);
  return named.length === 0 ? defaultPlaces : named;
}

function placesOf({ httpHeader, urlQueryParameter }: SystemParameter): string[] {
  return [
    ...(httpHeader === '' ? [] : [`header ${httpHeader.toLowerCase()}`]),
    ...(urlQueryParameter === '' ? [] : [`query parameter ${urlQueryParameter}`]),
  ];
}
