import { create } from '@bufbuild/protobuf';

import { BackendSchema } from '../../gen/google/api/backend_pb.ts';
import { ControlSchema } from '../../gen/google/api/control_pb.ts';
import { DocumentationSchema } from '../../gen/google/api/documentation_pb.ts';
import { HttpSchema } from '../../gen/google/api/http_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { SystemParametersSchema } from '../../gen/google/api/system_parameter_pb.ts';
import { UsageSchema } from '../../gen/google/api/usage_pb.ts';
import type { CompileContext } from '../context.ts';
import { addServiceDefaults, defaultControlEnvironment } from '../defaults/service-defaults.ts';
import type { ApiModel } from '../model/api-model.ts';
import { emitApi } from './api.ts';
import { emitAuthentication } from './authentication.ts';
import { emitBackendRule } from './backend-rule.ts';
import { emitEndpoint } from './endpoint.ts';
import { emitHttpRule } from './http-rule.ts';
import { methodsOf } from './method.ts';
import { emitQuota } from './quota.ts';
import { TypeRegistry } from './type-registry.ts';
import { emitUsageRule } from './usage-rule.ts';

const configVersion = 3;

/** Turns the OpenAPI documents of one service into its config. Equal models give equal configs. */
export function emitService(name: string, models: readonly ApiModel[], context: CompileContext): Service {
  const types = new TypeRegistry(context);
  const methods = methodsOf(models);
  const apis = models.map((model) => emitApi(model, types, context.origins));
  const last = models.at(-1);
  const service = create(ServiceSchema, {
    name,
    title: last?.title ?? '',
    producerProjectId: context.options.producerProjectId,
    configVersion,
    apis,
    types: types.types(),
    enums: types.enums(),
    documentation: create(DocumentationSchema, { summary: summaryOf(models) }),
    backend: create(BackendSchema, {
      rules: methods.map((method) => emitBackendRule(method, context.origins)),
    }),
    http: create(HttpSchema, { rules: methods.map((method) => emitHttpRule(method, context.origins)) }),
    authentication: emitAuthentication(models, methods, context),
    usage: create(UsageSchema, { rules: methods.map((method) => emitUsageRule(method, context)) }),
    endpoints: [emitEndpoint(name, models, context)],
    control: create(ControlSchema, { environment: defaultControlEnvironment }),
    metrics: models.flatMap(({ metrics }) => metrics),
    systemParameters: create(SystemParametersSchema),
  });
  const quota = emitQuota(models, methods);
  if (quota !== undefined) service.quota = quota;
  return addServiceDefaults(service);
}

/** The last document that has a description wins. */
function summaryOf(models: readonly ApiModel[]): string {
  return models.findLast(({ summary }) => summary !== undefined)?.summary ?? '';
}
