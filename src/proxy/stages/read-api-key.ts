import type { Stage } from '../pipeline/stage.ts';
import { defaultApiKeyLocations, extractApiKey } from './extract-api-key.ts';

/**
 * Notes the API key, from where the operation says; for a request without an operation, from the default places. Later
 * exits report it even when nothing has checked it.
 */
export const readApiKey: Stage = {
  name: 'read-api-key',
  run(exchange) {
    exchange.apiKey = extractApiKey(exchange, exchange.route?.apiKeyLocations ?? defaultApiKeyLocations);
    return undefined;
  },
};
