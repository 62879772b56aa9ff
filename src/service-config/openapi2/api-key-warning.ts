import type { OperationSecurity } from '../model/api-model.ts';
import type { OpenapiDocument, Spot } from '../openapi/openapi-document.ts';

/** Says of an operation without an API key that anyone may call it, and what to write to change that. */
export function warnWithoutApiKey(document: OpenapiDocument, security: OperationSecurity, spot: Spot): void {
  if (security.requiresApiKey) return;
  document.context.diagnostics.warning({
    rule: 'operation-without-api-key',
    location: spot.location,
    message: `Operation does not require an API key; callers may invoke the method without specifying an associated API-consuming project. To enable API key all the SecurityRequirement Objects (https://github.com/OAI/OpenAPI-Specification/blob/master/versions/2.0.md#security-requirement-object) inside security definition must reference at least one SecurityDefinition of type : 'apiKey'.`,
    at: spot.place,
  });
}
