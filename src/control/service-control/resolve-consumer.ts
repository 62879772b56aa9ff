import type { ApiKeyRecord } from '../../store/api-keys.ts';
import type { ProjectRecord } from '../../store/projects.ts';
import type { Store } from '../../store/store.ts';
import { keyRetentionMs } from '../api-keys/key-access.ts';

/** Keys and projects, as far as Service Control looks at them. */
export type ConsumerDirectory = Pick<Store, 'apiKeys' | 'projects'>;

/** Why a consumer id names nobody. The codes are those of CheckError. */
export type ConsumerProblemCode =
  | 'API_KEY_INVALID'
  | 'API_KEY_EXPIRED'
  | 'API_KEY_NOT_FOUND'
  | 'PROJECT_INVALID'
  | 'PROJECT_DELETED'
  | 'CONSUMER_INVALID';

export type ResolvedConsumer =
  | { readonly kind: 'project'; readonly project: ProjectRecord; readonly key: ApiKeyRecord | undefined }
  /** `detail` is for the producer only: proxies do not show it. */
  | {
      readonly kind: 'problem';
      readonly code: ConsumerProblemCode;
      readonly subject: string;
      readonly detail: string;
    };

/**
 * Finds out who `consumerId` is: `api_key:K`, `project:ID`, `project_number:N`, `projects/ID_OR_N`, `folders/N` or
 * `organizations/N`. The consumer of a key is the project that owns it. Source: service-infrastructure §3.2.
 */
export async function resolveConsumer(
  consumerId: string,
  directory: ConsumerDirectory,
  nowMs: number,
): Promise<ResolvedConsumer> {
  const keyString = afterPrefix(consumerId, 'api_key:');
  if (keyString !== undefined) return resolveKey(keyString, directory, nowMs);
  const project =
    afterPrefix(consumerId, 'project:') ??
    afterPrefix(consumerId, 'project_number:') ??
    afterPrefix(consumerId, 'projects/');
  if (project !== undefined) return resolveProject(project, undefined, directory);
  return {
    kind: 'problem',
    code: 'CONSUMER_INVALID',
    subject: consumerId,
    detail: `Consumer '${consumerId}' is not an API key or a project.`,
  };
}

async function resolveKey(
  keyString: string,
  directory: ConsumerDirectory,
  nowMs: number,
): Promise<ResolvedConsumer> {
  const subject = `api_key:${keyString}`;
  const key = await directory.apiKeys.findByKeyString(keyString);
  if (key === undefined) {
    const wasPurged = await directory.apiKeys.wasPurged(keyString);
    return wasPurged
      ? { kind: 'problem', code: 'API_KEY_NOT_FOUND', subject, detail: `API key not found: ${keyString}` }
      : { kind: 'problem', code: 'API_KEY_INVALID', subject, detail: `Invalid API key: ${keyString}` };
  }
  if (key.deletedAtMs === undefined) return resolveProject(key.projectId, key, directory);
  return nowMs - key.deletedAtMs < keyRetentionMs
    ? { kind: 'problem', code: 'API_KEY_EXPIRED', subject, detail: `API key expired: ${keyString}` }
    : { kind: 'problem', code: 'API_KEY_NOT_FOUND', subject, detail: `API key not found: ${keyString}` };
}

async function resolveProject(
  idOrNumber: string,
  key: ApiKeyRecord | undefined,
  directory: ConsumerDirectory,
): Promise<ResolvedConsumer> {
  const subject = `project:${idOrNumber}`;
  const project = idOrNumber === '' ? undefined : await directory.projects.get(idOrNumber);
  if (project === undefined)
    return {
      kind: 'problem',
      code: 'PROJECT_INVALID',
      subject,
      detail: `Project '${idOrNumber}' is not a valid consumer project.`,
    };
  if (project.deletedAtMs !== undefined)
    return {
      kind: 'problem',
      code: 'PROJECT_DELETED',
      subject,
      detail: `Project '${project.projectId}' has been deleted.`,
    };
  return { kind: 'project', project, key };
}

function afterPrefix(text: string, prefix: string): string | undefined {
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
}
