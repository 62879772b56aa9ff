import type { CompileContext } from '../context.ts';
import { nameHint } from '../diagnostics/name-hint.ts';
import type { ApiModel } from '../model/api-model.ts';

/** Costs of operations name metrics that some document of the service defines. */
export function checkQuotaMetrics(models: readonly ApiModel[], context: CompileContext): void {
  const defined = new Set(models.flatMap(({ metrics }) => metrics.map(({ name }) => name)));
  for (const model of models) {
    for (const { methodName, metricCosts } of model.operations) {
      const missing = Object.keys(metricCosts?.metricCosts ?? {}).filter((metric) => !defined.has(metric));
      if (missing.length === 0) continue;
      const origin = context.origins.of(metricCosts);
      context.diagnostics.error({
        rule: 'quota-metric-undefined',
        location: `${model.fileName}: x-google-quota`,
        message: `Quota Extension for method '${model.name}.${methodName}' references undefined metric(s) '${missing.join(',')}'`,
        hint:
          nameHint(missing[0] as string, defined) ??
          'Define it under metrics, in x-google-management (2.0) or x-google-api-management (3.x).',
        at: origin?.place,
      });
    }
  }
}
