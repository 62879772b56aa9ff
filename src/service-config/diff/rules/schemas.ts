import type { CallerChange } from '../caller-change.ts';
import { fieldPath, keyedPath } from '../element-path.ts';
import { SchemaComparison } from '../schema/schema-comparison.ts';
import { inEachPair } from '../step.ts';
import type { CallerRule, OperationPair } from '../step.ts';
import type { OperationView } from '../service-view.ts';

/** What requests and responses look like. */
export const schemasRule: CallerRule = (step) => {
  const comparison = new SchemaComparison(step);
  for (const pair of step.pairs) {
    comparison.requests(pair);
    comparison.responses(pair);
  }
  return [
    ...inEachPair(step, (pair) => [...compareBody(pair), ...compareStreaming(pair)]),
    ...comparison.changes(),
  ];
};

/** Only whether there is a body: the config does not say whether it may be left out. */
function compareBody({ route }: OperationPair): CallerChange[] {
  if (route === undefined) return [];
  const { old, next } = route;
  const hadBody = old.binding.body !== '';
  const hasBody = next.binding.body !== '';
  if (hadBody === hasBody) return [];
  const [rule] = next.operation.routes;
  const element = rule === next ? keyedPath('http.rules', 'selector', next.operation.selector) : next.element;
  return [
    {
      severity: 'breaking',
      rule: hasBody ? 'body-added' : 'body-removed',
      element: fieldPath(element, 'body'),
      message: hasBody
        ? `${next.label} now expects a request body.`
        : `${next.label} no longer takes a request body.`,
    },
  ];
}

function compareStreaming({ old, next, label }: OperationPair): CallerChange[] {
  return (['request', 'response'] as const).flatMap((side) => {
    const was = isStreaming(old, side);
    if (was === isStreaming(next, side)) return [];
    const many = was ? 'one message instead of a stream' : 'a stream of messages instead of one';
    return [
      {
        severity: 'breaking',
        rule: `${side}-streaming-changed`,
        element: fieldPath(next.element, `${side}_streaming`),
        message: `The ${side} of ${label} is now ${many}.`,
      },
    ];
  });
}

function isStreaming({ method }: OperationView, side: 'request' | 'response'): boolean {
  return side === 'request' ? method.requestStreaming : method.responseStreaming;
}
