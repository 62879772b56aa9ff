import type { Clock } from '../core/clock.ts';
import type { Store } from '../store/store.ts';
import type { Authorizer } from './authorizer.ts';
import { createApiKeyService } from './api-keys/api-key-service.ts';
import { createCredentialsService } from './credentials/credentials-service.ts';
import { createIamService } from './iam/iam-service.ts';
import { createPolicyService } from './iam/policy-service.ts';
import { createTokenIssuer } from './oauth/issuer.ts';
import { createKeyEndpoints } from './oauth/published-keys.ts';
import { createAuthenticator } from './oauth/token-authenticator.ts';
import { createTokenEndpoints } from './oauth/token-endpoint.ts';
import { createOperationsService } from './operations/operations-service.ts';
import { createProjectService } from './projects/projects.ts';
import type { Authenticator } from './rpc/authenticator.ts';
import type { HttpEndpoint } from './rpc/http-endpoint.ts';
import type { ServiceImplementation } from './rpc/service.ts';
import { createActivationService } from './service-usage/activation-service.ts';
import { createUsageService } from './service-usage/usage-service.ts';

/** What the core of the control plane works with. */
export interface CoreDependencies {
  readonly store: Store;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
}

/** The services that every control plane has. */
export interface CoreServices {
  readonly services: readonly ServiceImplementation[];
  readonly endpoints: readonly HttpEndpoint[];
  readonly authenticator: Authenticator;
}

/** Projects, IAM, API keys, service usage, operations, and the tokens that all calls carry. */
export function createCoreServices(deps: CoreDependencies): CoreServices {
  const issuer = createTokenIssuer(deps);
  return {
    services: [
      createPolicyService(deps),
      createProjectService(deps),
      createIamService(deps),
      createCredentialsService({ ...deps, issuer }),
      createApiKeyService(deps),
      createUsageService(deps),
      createActivationService(deps),
      createOperationsService(deps),
    ],
    endpoints: [...createTokenEndpoints({ ...deps, issuer }), ...createKeyEndpoints({ ...deps, issuer })],
    authenticator: createAuthenticator(deps),
  };
}
