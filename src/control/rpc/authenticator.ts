import type { DescService } from '@bufbuild/protobuf';
import type { Caller } from './service.ts';

/** What a token is to be good for. */
export interface AuthenticationTarget {
  /** The service being called; its google.api.oauth_scopes and its package bound what a token may do. */
  readonly service: DescService;
  /** Whether the method changes nothing, so that a scope for reading reaches it. */
  readonly isReadOnly: boolean;
  /** Base URLs that a self-signed JWT may name as its audience. */
  readonly baseUrls: readonly string[];
}

/** Tells who calls. */
export interface Authenticator {
  /** Throws UNAUTHENTICATED without a good bearer token and PERMISSION_DENIED when its scopes do not reach. */
  authenticate(bearerToken: string | undefined, target: AuthenticationTarget): Promise<Caller>;
}
