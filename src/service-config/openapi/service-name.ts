import type { CompileContext } from '../context.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';
import type { ApiModel } from '../model/api-model.ts';
import { child } from '../source/source-node.ts';
import type { SourceNode } from '../source/source-node.ts';

/** The one service name of all documents; undefined, and reported, when there is none or more than one. */
export function agreeOnServiceName(models: readonly ApiModel[], context: CompileContext): string | undefined {
  const hosts = [...new Set(models.map(({ host }) => host).filter((host) => host !== ''))];
  const expected = context.options.serviceName;
  const [host] = hosts;
  if (hosts.length > 1) {
    report(
      context,
      'hosts-differ',
      `Different 'host' values cannot be set in multiple OpenAPI files. Found Hosts: {${hosts.join(', ')}}`,
      hostNode(models.find((model) => model.host === hosts[1])),
    );
    return undefined;
  }
  const name = host ?? expected;
  if (name === undefined) {
    const message = `Service name must be provided either explicitly or in OpenAPI 'host' value.`;
    report(context, 'service-name-missing', message, models[0]?.root);
  } else if (expected !== undefined && name !== expected) {
    const message = `The 'host' value '${name}' is different from the service name '${expected}'.`;
    report(context, 'service-name-differs', message, hostNode(models[0]));
  }
  return name;
}

function hostNode(model: ApiModel | undefined): SourceNode | undefined {
  return child(model?.root, 'host') ?? model?.root;
}

function report(context: CompileContext, rule: string, message: string, at?: SourceNode): void {
  context.diagnostics.error({ rule, location: toplevelLocation, message, at });
}
