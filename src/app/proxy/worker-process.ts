// A worker process of `gatehouse proxy`: started by its supervisor, which tells it what to do over the IPC channel.
import { systemClock } from '../../core/clock.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { processVariables } from '../environment.ts';
import { explainStartFailure } from './explain-start-failure.ts';
import { ProxyWorker } from './proxy-worker.ts';
import type { ProxySettings } from './settings/proxy-settings.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

let worker: ProxyWorker | undefined;

process.on('message', (message) => {
  // Only the supervisor has the other end of the channel.
  void handle(message as ToWorker);
});
// A supervisor that is gone takes its workers along, gently.
process.on('disconnect', () => void worker?.drain());
// These reach the whole group; the supervisor decides what they mean. Left alone, SIGHUP would end the process and
// SIGUSR1 open Node's debugger.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGUSR1'] as const) process.on(signal, () => undefined);
process.on('SIGTERM', () => void worker?.drain());

async function handle(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'start':
      return await start(message.settings);
    case 'notice':
      return worker?.notice(message.rolloutId);
    case 'admin':
      if (worker !== undefined)
        send({ kind: 'admin', id: message.id, answer: await worker.answerAdmin(message.request) });
      return;
    case 'reload':
      return worker?.reload();
    case 'reopenLogs':
      return worker?.reopenLogs();
    case 'drain':
      return await worker?.drain();
    case 'close':
      return await worker?.close();
    default:
      return message satisfies never;
  }
}

async function start(settings: ProxySettings): Promise<void> {
  const env = processVariables();
  const logger = createLogger({
    sink: (line) => void process.stderr.write(line),
    level: settings.process.logLevel,
  });
  try {
    worker = new ProxyWorker(settings, {
      clock: systemClock,
      logger,
      environment: (name) => env[name],
      onRolloutId: (rolloutId) => send({ kind: 'noticed', rolloutId }),
      onDrainWanted: () => send({ kind: 'drainWanted' }),
    });
    void worker.ended.then(() => leave());
    await worker.start();
    send({ kind: 'serving', ports: worker.ports });
  } catch (error) {
    send({ kind: 'failed', problem: explainStartFailure(error) });
    if (worker === undefined) leave();
    else await worker.close();
  }
}

/** Without the channel nothing keeps the process, and it ends. */
function leave(): void {
  if (process.connected) process.disconnect?.();
}

/** A supervisor that is gone is noticed by `disconnect`; what could not be told any more does not matter. */
function send(message: FromWorker): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
