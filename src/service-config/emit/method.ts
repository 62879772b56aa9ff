import type { ApiModel, OperationModel } from '../model/api-model.ts';

/** An operation with its API: what the rules of one selector are made of. */
export interface EmittedMethod {
  readonly selector: string;
  readonly operation: OperationModel;
}

/** All methods of a service, in the order of its APIs. */
export function methodsOf(models: readonly ApiModel[]): EmittedMethod[] {
  return models.flatMap((model) =>
    model.operations.map((operation) => ({ selector: `${model.name}.${operation.methodName}`, operation })),
  );
}
