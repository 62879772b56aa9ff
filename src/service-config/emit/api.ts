import { create } from '@bufbuild/protobuf';
import { anyPack, BoolValueSchema, SourceContextSchema, Syntax } from '@bufbuild/protobuf/wkt';
import { ApiSchema, MethodSchema, OptionSchema } from '@bufbuild/protobuf/wkt';
import type { Api, Method, Option } from '@bufbuild/protobuf/wkt';

import type { ApiModel, OperationModel } from '../model/api-model.ts';
import type { Origins } from '../model/origins.ts';
import type { ApiTypes } from './api-types.ts';
import type { TypeRegistry } from './type-registry.ts';

/** One document becomes one API; its operations become its methods. */
export function emitApi(model: ApiModel, types: TypeRegistry, origins: Origins): Api {
  const apiTypes = types.for(model);
  const api = create(ApiSchema, {
    name: model.name,
    version: model.version,
    methods: model.operations.map((operation) => emitMethod(operation, apiTypes, origins)),
    options: model.isDeprecated ? [trueOption('google.protobuf.ServiceOptions.deprecated')] : [],
    sourceContext: create(SourceContextSchema, { fileName: model.fileName }),
    syntax: Syntax.PROTO3,
  });
  return origins.set(api, { place: model.root, location: model.fileName });
}

function emitMethod(operation: OperationModel, types: ApiTypes, origins: Origins): Method {
  const method = create(MethodSchema, {
    name: operation.methodName,
    requestTypeUrl: types.requestTypeUrl(operation),
    responseTypeUrl: types.responseTypeUrl(operation),
    options: operation.isDeprecated ? [trueOption('google.protobuf.MethodOptions.deprecated')] : [],
    syntax: Syntax.PROTO3,
  });
  return origins.set(method, operation);
}

function trueOption(name: string): Option {
  return create(OptionSchema, {
    name,
    value: anyPack(BoolValueSchema, create(BoolValueSchema, { value: true })),
  });
}
