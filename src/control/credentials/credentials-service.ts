import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { RpcCode } from '../../core/status.ts';
import {
  GenerateAccessTokenResponseSchema,
  GenerateIdTokenResponseSchema,
} from '../../gen/google/iam/credentials/v1/common_pb.ts';
import { IAMCredentials } from '../../gen/google/iam/credentials/v1/iamcredentials_pb.ts';
import type { ServiceAccountRecord } from '../../store/service-accounts.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer } from '../authorizer.ts';
import { requireAccount } from '../iam/account-access.ts';
import type { TokenIssuer } from '../oauth/issuer.ts';
import { parseScopes } from '../oauth/scopes.ts';
import { maxTokenLifetimeSeconds } from '../oauth/token-lifetime.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { implement } from '../rpc/service.ts';
import type { CallContext, ServiceImplementation } from '../rpc/service.ts';

/** What the credentials service works with. */
export interface CredentialsDependencies {
  readonly store: Store;
  readonly authorizer: Authorizer;
  readonly issuer: TokenIssuer;
}

/**
 * google.iam.credentials.v1.IAMCredentials: tokens for accounts that the caller may speak for. signBlob and signJwt
 * would need private keys of the accounts, which the server does not keep.
 */
export function createCredentialsService(deps: CredentialsDependencies): ServiceImplementation {
  return implement(IAMCredentials, {
    generateAccessToken: async (request, context) => {
      const scopes = parseScopes(request.scope.join(' '));
      if (scopes === undefined) throw invalid('scope must name scopes of Google.');
      const seconds = Number(request.lifetime?.seconds ?? maxTokenLifetimeSeconds);
      if (seconds <= 0 || seconds > maxTokenLifetimeSeconds)
        throw invalid(`lifetime must be above 0 and at most ${maxTokenLifetimeSeconds}s.`);
      const account = await requireUsable(deps, context, request, 'getAccessToken');
      const { token, expiresAtMs } = await deps.issuer.issueAccessToken(account, scopes, seconds);
      return create(GenerateAccessTokenResponseSchema, {
        accessToken: token,
        expireTime: timestampFromMs(expiresAtMs),
      });
    },
    generateIdToken: async (request, context) => {
      if (request.audience === '') throw invalid('audience must be given.');
      const account = await requireUsable(deps, context, request, 'getOpenIdToken');
      const { audience, includeEmail } = request;
      const token = await deps.issuer.issueIdToken({
        account,
        audience,
        issuer: context.baseUrl,
        includeEmail,
      });
      return create(GenerateIdTokenResponseSchema, { token });
    },
  });
}

async function requireUsable(
  deps: CredentialsDependencies,
  context: CallContext,
  { name, delegates }: { readonly name: string; readonly delegates: readonly string[] },
  verb: 'getAccessToken' | 'getOpenIdToken',
): Promise<ServiceAccountRecord> {
  if (delegates.length > 0) throw invalid('delegates are not supported.');
  const account = await requireAccount(deps, context, { name, permission: `iam.serviceAccounts.${verb}` });
  if (account.disabled) throw new RpcError(RpcCode.FAILED_PRECONDITION, 'The service account is disabled.');
  return account;
}

function invalid(message: string): RpcError {
  return new RpcError(RpcCode.INVALID_ARGUMENT, message);
}
