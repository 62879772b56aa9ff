import { systemClock } from '../../core/clock.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { readEnvironment } from '../environment.ts';
import { renderFlagHelp } from '../flags/flag-help.ts';
import { FlagReader } from '../flags/flag-reader.ts';
import { parseFlags } from '../flags/parse-flags.ts';
import { readServerlessStart, type ServerlessStart } from '../flags/serverless-start.ts';
import { explainStartFailure } from './explain-start-failure.ts';
import { serveExplanation } from './serve-explanation.ts';
import { type RunningProxy, startProxy } from './start-proxy.ts';
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

/**
 * Runs `gatehouse proxy …argv` until it is told to stop. Without arguments the environment of a serverless container
 * counts. Prints its errors itself.
 */
export async function runProxyCommand(argv: readonly string[], deps: ProxyCommandDeps): Promise<number> {
  try {
    const serverless = argv.length === 0 ? readServerlessStart(deps.env) : undefined;
    if (serverless?.kind === 'explain') return await explainUntilStopped(serverless, deps);
    const parsed = parseFlags(serverless?.argv ?? argv);
    if (parsed.helpWanted) {
      deps.stdout(renderFlagHelp(parsed.runtimeVersion));
      return exitOk;
    }
    const settings = toProxySettings(new FlagReader(parsed), readEnvironment(deps.env));
    const logger = createLogger({ sink: deps.stderr, level: settings.process.logLevel });
    const signals = listenForSignals();
    const starting = startProxy(settings, {
      clock: systemClock,
      logger,
      environment: (name) => deps.env[name],
    });
    // A proxy that is told to stop before it serves has nothing to drain.
    const proxy = await Promise.race([starting, signals.stopped]);
    return typeof proxy === 'number' ? proxy : await serve(proxy, signals);
  } catch (error) {
    deps.stderr(`gatehouse proxy: ${explainStartFailure(error)}\n`);
    return exitUsage;
  }
}

/** The first asks for a drain; the second ends the process at once. */
const stopSignals = ['SIGTERM', 'SIGINT'] as const;
const exitInterrupted = 130;

interface Signals {
  /** Until it is set, the first stop signal is the end. */
  proxy: RunningProxy | undefined;
  readonly stopped: Promise<number>;
}

function listenForSignals(): Signals {
  let stop: (code: number) => void = () => undefined;
  const signals: Signals = { proxy: undefined, stopped: new Promise((resolve) => (stop = resolve)) };
  let isStopping = false;
  for (const signal of stopSignals) {
    process.on(signal, () => {
      if (isStopping || signals.proxy === undefined) return stop(exitInterrupted);
      isStopping = true;
      void signals.proxy.drain();
    });
  }
  process.on('SIGHUP', () => signals.proxy?.reload());
  process.on('SIGUSR1', () => signals.proxy?.reopenLogs());
  return signals;
}

async function explainUntilStopped(
  { port, problem }: ServerlessStart & { readonly kind: 'explain' },
  deps: ProxyCommandDeps,
): Promise<number> {
  const signals = listenForSignals();
  const page = await serveExplanation(port, `gatehouse proxy: ${problem}`);
  deps.stderr(`gatehouse proxy: ${problem} Answering 503 on port ${port}.\n`);
  await signals.stopped;
  await page.close();
  return exitOk;
}

async function serve(proxy: RunningProxy, signals: Signals): Promise<number> {
  signals.proxy = proxy;
  return await Promise.race([proxy.finished.then(() => exitOk), signals.stopped]);
}
