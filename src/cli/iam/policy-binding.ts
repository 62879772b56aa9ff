import type { Command } from 'commander';
import { create, equals, fromJson, toJson } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import { BindingSchema, PolicySchema } from '../../gen/google/iam/v1/policy_pb.ts';
import type { Policy } from '../../gen/google/iam/v1/policy_pb.ts';
import { ExprSchema } from '../../gen/google/type/expr_pb.ts';
import type { Expr } from '../../gen/google/type/expr_pb.ts';
import { ApiError } from '../api/api-error.ts';
import { CliError, usageError } from '../cli-error.ts';
import type { Session } from '../session.ts';

/** Policies with conditions need version 3. Source: google.iam.v1.Policy.version. */
const conditionalVersion = 3;
/** How often a change is tried again that somebody else's came before. */
const maxAttempts = 5;

/** A resource with a policy: Google's host and our path for it, and its name in what is printed. */
export interface PolicyTarget {
  readonly host: string;
  /** `/v1/services/NAME`. */
  readonly path: string;
  readonly label: string;
}

/** The policy of a managed service. */
export function servicePolicy(serviceName: string): PolicyTarget {
  return {
    host: 'servicemanagement.googleapis.com',
    path: `/v1/services/${encodeURIComponent(serviceName)}`,
    label: `service [${serviceName}]`,
  };
}

/** The policy of a project. */
export function projectPolicy(projectId: string): PolicyTarget {
  return {
    host: 'cloudresourcemanager.googleapis.com',
    path: `/v1/projects/${encodeURIComponent(projectId)}`,
    label: `project [${projectId}]`,
  };
}

/** Flags that name a binding. */
export interface BindingFlags {
  readonly member: string;
  readonly role: string;
  readonly condition?: string;
}

/** Declares `--member`, `--role` and `--condition`. */
export function addBindingFlags(command: Command): void {
  command
    .requiredOption(
      '--member <principal>',
      'such as serviceAccount:NAME@PROJECT.iam.gserviceaccount.com or user:EMAIL',
    )
    .requiredOption('--role <role>', 'such as roles/servicemanagement.serviceController')
    .option('--condition <condition>', 'expression=…,title=…[,description=…], or None');
}

/** Reads a policy. */
export function getPolicy(session: Session, target: PolicyTarget): Promise<JsonObject> {
  const body = { options: { requestedPolicyVersion: conditionalVersion } };
  return session.api.send({ verb: 'POST', path: `${target.path}:getIamPolicy`, body }, target.host);
}

/** Adds a member to a role and prints the policy that holds then. */
export function addBinding(session: Session, target: PolicyTarget, flags: BindingFlags): Promise<void> {
  const condition = parseCondition(flags.condition);
  return changePolicy(session, target, (policy) => {
    const binding = policy.bindings.find(
      (one) => one.role === flags.role && hasCondition(one.condition, condition),
    );
    if (binding === undefined)
      policy.bindings.push(
        create(BindingSchema, { role: flags.role, members: [flags.member], ...(condition && { condition }) }),
      );
    else if (!binding.members.includes(flags.member)) binding.members.push(flags.member);
  });
}

/** Takes a member from a role and prints the policy that holds then. Throws CliError when there was no such binding. */
export function removeBinding(session: Session, target: PolicyTarget, flags: BindingFlags): Promise<void> {
  const condition = parseCondition(flags.condition);
  return changePolicy(session, target, (policy) => {
    const binding = policy.bindings.find(
      (one) =>
        one.role === flags.role &&
        hasCondition(one.condition, condition) &&
        one.members.includes(flags.member),
    );
    if (binding === undefined)
      throw new CliError('Policy binding with the specified principal, role, and condition not found!');
    binding.members = binding.members.filter((member) => member !== flags.member);
    policy.bindings = policy.bindings.filter((one) => one.members.length > 0);
  });
}

/** Reads, changes and writes under the etag; begins anew when somebody else was faster. */
async function changePolicy(
  session: Session,
  target: PolicyTarget,
  change: (policy: Policy) => void,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const policy = fromJson(PolicySchema, await getPolicy(session, target), { ignoreUnknownFields: true });
    change(policy);
    if (policy.bindings.some((binding) => binding.condition !== undefined))
      policy.version = conditionalVersion;
    const body = { policy: toJson(PolicySchema, policy) };
    try {
      const set = await session.api.send(
        { verb: 'POST', path: `${target.path}:setIamPolicy`, body },
        target.host,
      );
      session.say(`Updated IAM policy for ${target.label}.`);
      return session.print(set);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 'ABORTED' || attempt === maxAttempts) throw error;
    }
  }
}

function hasCondition(a: Expr | undefined, b: Expr | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equals(ExprSchema, a, b);
}

/** `expression=…,title=…[,description=…]`; a comma belongs to the value unless the name of a part follows it. */
function parseCondition(text: string | undefined): Expr | undefined {
  if (text === undefined || text.toLowerCase() === 'none') return undefined;
  const parts = new Map<string, string>();
  for (const part of text.split(/,(?=(?:expression|title|description)=)/)) {
    const equals = part.indexOf('=');
    parts.set(part.slice(0, equals), part.slice(equals + 1));
  }
  const [expression, title] = [parts.get('expression'), parts.get('title')];
  if (!expression || !title)
    throw usageError('--condition must be None or have an expression and a title: expression=…,title=…');
  return create(ExprSchema, { expression, title, description: parts.get('description') ?? '' });
}
