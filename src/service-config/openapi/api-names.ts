import type { CompileContext } from '../context.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';
import type { ApiModel } from '../model/api-model.ts';

/** Several documents of one service must give their APIs different names, or methods of one would hide the other's. */
export function checkApiNames(models: readonly ApiModel[], context: CompileContext): void {
  const names = new Set(models.map(({ name }) => name));
  if (names.size === models.length) return;
  const found = models.map(({ fileName, version }) => `${fileName}:${version}`).join(', ');
  context.diagnostics.error({
    rule: 'api-names-conflict',
    location: toplevelLocation,
    message: `OpenAPI files includes conflicting API versions. Files and Versions found: {${found}}`,
    hint: 'Give each document its own x-google-api-name (in OpenAPI 3.x: x-google-api-management.apiName) or its own major version in info.version.',
    at: models[1]?.root,
  });
}
