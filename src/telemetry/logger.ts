/** `error`: a person must act. `warn`: degraded. `info`: state change. `debug`: per request. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Values beside the message; an Error value becomes its message. Never a body, a token or a key. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log: fields first, then a constant message in lower case. */
export interface Logger {
  level: LogLevel;
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** Where lines go: one string a line, newline included. */
export type LogSink = (line: string) => void;

/** A logger that writes one JSON object a line. */
export function createLogger(options: { sink: LogSink; level?: LogLevel; nowMs?: () => number }): Logger {
  const nowMs = options.nowMs ?? Date.now;
  const write = (level: LogLevel, fields: LogFields, message: string): void => {
    if (logLevels.indexOf(level) < logLevels.indexOf(logger.level)) return;
    const time = new Date(nowMs()).toISOString();
    options.sink(`${JSON.stringify({ time, level, message, ...fields }, plainErrors)}\n`);
  };
  const logger: Logger = {
    level: options.level ?? 'info',
    debug: (fields, message) => write('debug', fields, message),
    info: (fields, message) => write('info', fields, message),
    warn: (fields, message) => write('warn', fields, message),
    error: (fields, message) => write('error', fields, message),
  };
  return logger;
}

/** A logger that drops everything: for tests and for callers that did not pass one. */
export const silentLogger: Logger = createLogger({ sink: () => undefined });

function plainErrors(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Error ? value.message : value;
}
