import { createAddHeaders } from '../stages/add-headers.ts';
import { createAdmitRequest } from '../stages/admit-request.ts';
import { createAllocateQuota } from '../stages/allocate-quota.ts';
import { createAnswerHealth } from '../stages/answer-health.ts';
import { createAuthenticate } from '../stages/authenticate.ts';
import { createCheck } from '../stages/check.ts';
import { matchRoute } from '../stages/match-route.ts';
import { createNormalizePath } from '../stages/normalize-path.ts';
import { readApiKey } from '../stages/read-api-key.ts';
import { createRefuseUnmatched } from '../stages/refuse-unmatched.ts';
import { createRewritePath } from '../stages/rewrite-path.ts';
import { createSanitizeHeaders } from '../stages/sanitize-headers.ts';
import { createStampResponse } from '../stages/stamp-response.ts';
import type { Stage } from './stage.ts';
import type { StageOptions } from './stage-options.ts';

/**
 * THE order of the request path. It is a security property: a request that a line refuses has been seen by the lines
 * above it and by none below. After the last line the request is forwarded, and every exit is reported.
 * Source: ESPv2's filter chain and, before it, Envoy's connection manager.
 */
export function stagesInOrder(options: StageOptions): readonly Stage[] {
  const stages: readonly (Stage | undefined)[] = [
    // Sees every response, so it is first.
    createStampResponse(options),
    // Before anything reads a header: what only we may set must not come from outside; the verb is final after it.
    createSanitizeHeaders(options),
    // Requests that must not be routed at all. After the line above, which knows whether the caller speaks gRPC.
    createAdmitRequest(options),
    // Who calls, by trusted hops: restrictions, quota and logs rely on it.
    options.readClientAddress,
    // Whatever compares paths must see the one spelling that the backend will see.
    createNormalizePath(options),
    // The operator's own spelling, for the old paths of clients.
    options.applyRewriteRules,
    // Every decision below is taken per operation.
    matchRoute,
    // Reports carry the key whatever happens; only check decides about it.
    readApiKey,
    // Decorates the responses of routed requests, refusals below included.
    options.decorateResponse,
    // Browsers send preflights without credentials: they are answered before any is asked for.
    options.answerCors,
    // Probes carry no credentials either, and must not be answered by an API's catch-all route.
    options.healthPath === undefined
      ? undefined
      : createAnswerHealth({ ...options, path: options.healthPath }),
    // 404 and 405. Nothing below runs for a request without an operation.
    createRefuseUnmatched(options),
    // Before check: a bad token is refused without asking Service Control, and wins over a missing key.
    createAuthenticate(options),
    // Before quota: a denied caller uses none.
    createCheck(options),
    // Last decision: a request that would be refused otherwise must not be counted.
    createAllocateQuota(options),
    // After the decisions, which are about the client's path.
    createRewritePath(options),
    // Last, so that nothing above can be fooled by what we set, and nothing below overwrites it.
    createAddHeaders(options),
  ];
  return stages.filter((stage) => stage !== undefined);
}
