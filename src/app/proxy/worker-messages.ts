import type { AdminAnswer, AdminRequest } from '../../proxy/observe/admin-routes.ts';
import type { ProxySettings } from './settings/proxy-settings.ts';

/** What the supervisor says to a worker process. */
export type ToWorker =
  | { readonly kind: 'start'; readonly settings: ProxySettings }
  | { readonly kind: 'notice'; readonly rolloutId: string }
  | { readonly kind: 'admin'; readonly id: number; readonly request: AdminRequest }
  | { readonly kind: 'reload' | 'reopenLogs' | 'drain' | 'close' };

/** What a worker process says to its supervisor. */
export type FromWorker =
  | { readonly kind: 'serving'; readonly ports: readonly number[] }
  /** It could not start, and ends. */
  | { readonly kind: 'failed'; readonly problem: string }
  | { readonly kind: 'noticed'; readonly rolloutId: string }
  | { readonly kind: 'drainWanted' }
  | { readonly kind: 'admin'; readonly id: number; readonly answer: AdminAnswer };
