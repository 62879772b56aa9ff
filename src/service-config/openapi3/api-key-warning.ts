import type { OperationSecurity } from '../model/api-model.ts';
import type { OpenapiDocument, Spot } from '../openapi/openapi-document.ts';

/** Says of an operation without an API key that anyone may call it, in Service Management's words for OpenAPI 3.x. */
export function warnWithoutApiKey(document: OpenapiDocument, security: OperationSecurity, spot: Spot): void {
  if (security.requiresApiKey) return;
  document.context.diagnostics.warning({
    rule: 'operation-without-api-key',
    location: spot.location,
    message: `Operation does not require an API key; callers may invoke the method without specifying an associated API-consuming project. To enable an API key, all Security Requirements Objects for the operation must reference at least one Security Scheme of type 'apiKey'. See https://swagger.io/docs/specification/v3_0/authentication/ for details.`,
    at: spot.place,
  });
}
