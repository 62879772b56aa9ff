import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';
import type { Inputs } from '../inputs/load-inputs.ts';
import { baseName } from '../source/base-name.ts';
import { addGrpcDefaults } from './add-grpc-defaults.ts';
import { checkUnique } from './check-unique.ts';
import { describeTypes } from './describe-types.ts';
import { expandSelectors } from './expand-selectors.ts';
import { fillApis } from './fill-apis.ts';
import { httpAnnotations } from './http-annotations.ts';
import { loadDescriptors } from './load-descriptors.ts';
import { mergeServices } from './merge-services.ts';
import { readService } from './read-service.ts';
import { agreeOnName } from './service-name.ts';
import { toGrpcSourceInfo } from './grpc-source-info.ts';

/**
 * Compiles a gRPC service: documents of `type: google.api.Service`, later ones over earlier ones, with what the
 * descriptors say of the APIs that they list: methods, types and `google.api.http` annotations.
 */
export function compileGrpc(inputs: Inputs, context: CompileContext): Service | undefined {
  if (!hasServiceDocuments(inputs, context)) return undefined;
  const services = inputs.documents
    .filter(({ kind }) => kind === 'service')
    .map(({ root }) => readService(root, context));
  for (const service of services) checkUnique(service, context);
  const descriptors = loadDescriptors(inputs, context);
  const name = agreeOnName(services, context);
  if (descriptors === undefined || name === undefined || context.diagnostics.hasErrors) return undefined;

  const service = mergeServices(services);
  service.name = name;
  fillApis(service, descriptors, context);
  if (context.diagnostics.hasErrors) return undefined;
  describeTypes(service, descriptors, context);
  expandSelectors(service, httpAnnotations(service, descriptors, context), context);
  service.sourceInfo = toGrpcSourceInfo(inputs, descriptors);
  if (context.options.producerProjectId !== '') service.producerProjectId = context.options.producerProjectId;
  return addGrpcDefaults(service);
}

/** A document that is left out could be the one with the authentication rules, so there is none that is ignored. */
function hasServiceDocuments(inputs: Inputs, context: CompileContext): boolean {
  const strays = inputs.documents.filter(({ kind }) => kind === 'fragment');
  for (const { source, root } of strays) {
    context.diagnostics.error({
      rule: 'not-a-service-document',
      location: baseName(source.path),
      message: `The file is no google.api.Service document.`,
      hint: 'Write `type: google.api.Service` and `config_version: 3` at its top level.',
      at: root,
    });
  }
  if (strays.length > 0) return false;
  if (inputs.documents.some(({ kind }) => kind === 'service')) return true;
  context.diagnostics.error({
    rule: 'service-document-missing',
    location: toplevelLocation,
    message: 'Descriptors need a service config that names the APIs to serve; none was submitted.',
    hint: 'Add a YAML file with type: google.api.Service, config_version: 3, name and apis.',
  });
  return false;
}
