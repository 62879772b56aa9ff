import type { ServedService } from './service-directory.ts';
import { checkRestrictions, type CallerAttributes, type RestrictionFailure } from './key-restrictions.ts';
import type { ConsumerProblemCode, ResolvedConsumer } from './resolve-consumer.ts';

/** A check error by the name of its code. */
export interface CheckDenial {
  readonly code: ConsumerProblemCode | RestrictionFailure['code'] | 'SERVICE_NOT_ACTIVATED';
  readonly subject: string;
  readonly detail: string;
}

/** What a check is decided from. */
export interface CheckFacts {
  readonly service: ServedService;
  readonly operationName: string;
  readonly consumer: ResolvedConsumer;
  readonly caller: CallerAttributes;
  /** Whether the consumer's project has activated the service; false when there is no project. */
  readonly isActivated: boolean;
}

/**
 * Allowed is undefined. The order decides which error a caller with several faults sees: the key itself, its project,
 * what the key is restricted to, the activation of the service. Source: service-infrastructure §3.2.
 */
export function decideCheck(facts: CheckFacts): CheckDenial | undefined {
  const { service, consumer } = facts;
  if (consumer.kind === 'problem')
    return { code: consumer.code, subject: consumer.subject, detail: consumer.detail };
  const subject = `project:${consumer.project.projectId}`;
  const failure = checkRestrictions(consumer.key?.restrictions, {
    serviceName: service.serviceName,
    operationName: facts.operationName,
    caller: facts.caller,
  });
  if (failure !== undefined) return { code: failure.code, subject, detail: failure.detail };
  if (facts.isActivated) return undefined;
  return {
    code: 'SERVICE_NOT_ACTIVATED',
    subject,
    detail: `Service '${service.serviceName}' is not enabled for consumer '${subject}'.`,
  };
}
