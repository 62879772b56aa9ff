import { systemClock } from '../../core/clock.ts';
import { ConfigError, errorMessage, systemErrorCode } from '../../core/errors.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { readEnvironment } from '../environment.ts';
import { renderFlagHelp } from '../flags/flag-help.ts';
import { FlagReader } from '../flags/flag-reader.ts';
import { parseFlags } from '../flags/parse-flags.ts';
import { type RunningProxy, startProxy } from './run-proxy.ts';
import { toProxySettings } from './settings/to-proxy-settings.ts';

/** The outside of a proxy process. */
export interface ProxyCommandDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/** Exit codes of `gatehouse proxy`: 0 after a drain, 2 for a mistake in flags, files or ports. */
const exitOk = 0;
const exitUsage = 2;

/** Runs `gatehouse proxy …argv` until it is told to stop. Prints its errors itself. */
export async function runProxyCommand(argv: readonly string[], deps: ProxyCommandDeps): Promise<number> {
  try {
    const parsed = parseFlags(argv);
    if (parsed.helpWanted) {
      deps.stdout(renderFlagHelp(parsed.runtimeVersion));
      return exitOk;
    }
    const settings = toProxySettings(new FlagReader(parsed), readEnvironment(deps.env));
    const logger = createLogger({ sink: deps.stderr, level: settings.process.logLevel });
    const proxy = await startProxy(settings, {
      clock: systemClock,
      logger,
      environment: (name) => deps.env[name],
    });
    return await serveUntilSignalled(proxy);
  } catch (error) {
    deps.stderr(`gatehouse proxy: ${explain(error)}\n`);
    return exitUsage;
  }
}

/** The second of these signals ends the process at once: the drain is what the first one asked for. */
const stopSignals = ['SIGTERM', 'SIGINT'] as const;
const exitInterrupted = 130;

async function serveUntilSignalled(proxy: RunningProxy): Promise<number> {
  let isStopping = false;
  const interrupted = new Promise<number>((resolve) => {
    for (const signal of stopSignals) {
      process.on(signal, () => {
        if (isStopping) resolve(exitInterrupted);
        isStopping = true;
        void proxy.drain();
      });
    }
  });
  process.on('SIGHUP', () => proxy.reload());
  process.on('SIGUSR1', () => proxy.reopenLogs());
  return await Promise.race([proxy.finished.then(() => exitOk), interrupted]);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const code = systemErrorCode(error);
  if (code === 'EADDRINUSE')
    return `${errorMessage(error)}; another process has the port: stop it, or choose another port`;
  if (code === 'EACCES')
    return `${errorMessage(error)}; ports below 1024 need a privilege: choose a higher one`;
  return errorMessage(error);
}
