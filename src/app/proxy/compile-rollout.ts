import { ConfigError } from '../../core/errors.ts';
import type { ConfigSnapshot } from '../../proxy/config-snapshot.ts';
import { compileSnapshot } from '../../proxy/routing/compile-snapshot.ts';
import type { Rollout } from './rollout.ts';
import type { ProxySettings } from './settings/proxy-settings.ts';

export interface CompiledConfig {
  readonly snapshot: ConfigSnapshot;
  readonly percentage: number;
}

/** Compiles all configs of a rollout. Throws ConfigError with the first finding that keeps one from serving. */
export function compileRollout(rollout: Rollout, settings: ProxySettings): CompiledConfig[] {
  return rollout.configs.map(({ service, percentage }) => {
    const { snapshot, diagnostics } = compileSnapshot(service, {
      ...settings.snapshot,
      rolloutId: rollout.rolloutId,
    });
    if (snapshot !== undefined) return { snapshot, percentage };
    const error = diagnostics.find((diagnostic) => diagnostic.kind === 'error');
    throw new ConfigError(
      `service config ${service.id || service.name}`,
      `${error?.location}: ${error?.message}`,
      error?.hint,
    );
  });
}
