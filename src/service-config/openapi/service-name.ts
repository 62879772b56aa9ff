import type { CompileContext } from '../context.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';
import type { Finding } from '../diagnostics/collector.ts';
import type { ApiModel } from '../model/api-model.ts';
import type { SourcePlace } from '../source/source-node.ts';

/** The one service name of all documents; undefined, and reported, when there is none or more than one. */
export function agreeOnServiceName(models: readonly ApiModel[], context: CompileContext): string | undefined {
  const hosts = [...new Set(models.map(({ host }) => host).filter((host) => host !== ''))];
  const expected = context.options.serviceName;
  const [host] = hosts;
  if (hosts.length > 1) {
    const message = `Different 'host' values cannot be set in multiple OpenAPI files. Found Hosts: {${hosts.join(', ')}}`;
    const at = hostPlace(models.find((model) => model.host === hosts[1]));
    report(context, { rule: 'hosts-differ', message, at });
    return undefined;
  }
  const name = host ?? expected;
  if (name === undefined) {
    const message = `Service name must be provided either explicitly or in OpenAPI 'host' value.`;
    const hint = 'Write host: my-api.endpoints.my-project.cloud.goog';
    report(context, { rule: 'service-name-missing', message, hint, at: models[0]?.root });
  } else if (expected !== undefined && name !== expected) {
    const message = `The 'host' value '${name}' is different from the service name '${expected}'.`;
    report(context, { rule: 'service-name-differs', message, at: hostPlace(models[0]) });
  }
  return name;
}

function hostPlace(model: ApiModel | undefined): SourcePlace | undefined {
  return model?.hostPlace ?? model?.root;
}

function report(context: CompileContext, finding: Omit<Finding, 'location'>): void {
  context.diagnostics.error({ ...finding, location: toplevelLocation });
}
