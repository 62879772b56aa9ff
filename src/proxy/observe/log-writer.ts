import { close, open, write } from 'node:fs';
import { systemErrorCode } from '../../core/errors.ts';
import type { Closeable } from '../../core/lifecycle.ts';
import type { Logger } from '../../telemetry/logger.ts';

export interface LogWriterOptions {
  /** File to append to; `/dev/stdout` and `/dev/stderr` are the process's own streams. */
  readonly path: string;
  /** Bytes kept while the disk or the reader of a pipe is slow; further lines are dropped. Default 4 MiB. */
  readonly maxQueuedBytes?: number;
  readonly logger: Logger;
}

/** A log file that never makes its writer wait. */
export interface LogWriter extends Closeable {
  /** Queues a line as it is; false when it was dropped. */
  write(line: string): boolean;
  /** Opens the file anew, after logrotate has moved it away. Lines already queued go to the new one. */
  reopen(): void;
  /** Lines that were dropped so far. */
  readonly dropped: number;
}

const defaultMaxQueuedBytes = 4 * 1024 * 1024;
const streams: Readonly<Record<string, number>> = { '/dev/stdout': 1, '/dev/stderr': 2, '-': 1 };

/** Opens at the first line; a file that cannot be opened costs its lines, not the traffic. */
export function createLogWriter(options: LogWriterOptions): LogWriter {
  return new FileLogWriter(options);
}

class FileLogWriter implements LogWriter {
  dropped = 0;
  readonly #path: string;
  readonly #maxQueuedBytes: number;
  readonly #logger: Logger;
  #queue = '';
  #fd: number | undefined = undefined;
  #isBusy = false;
  #isScheduled = false;
  #wantsReopen = false;
  #isClosed = false;
  #onIdle: Array<() => void> = [];

  constructor(options: LogWriterOptions) {
    this.#path = options.path;
    this.#maxQueuedBytes = options.maxQueuedBytes ?? defaultMaxQueuedBytes;
    this.#logger = options.logger;
  }

  write(line: string): boolean {
    if (this.#isClosed || this.#queue.length + line.length > this.#maxQueuedBytes) {
      this.dropped++;
      return false;
    }
    this.#queue += line;
    // One write for all the lines of a turn of the event loop.
    if (!this.#isBusy && !this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(this.#flush);
    }
    return true;
  }

  reopen(): void {
    if (streams[this.#path] !== undefined) return;
    this.#wantsReopen = true;
    if (!this.#isBusy) this.#flush();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#isBusy || this.#queue !== '') {
      const idle = new Promise<void>((resolve) => this.#onIdle.push(resolve));
      if (!this.#isBusy) this.#flush();
      await idle;
    }
    this.#closeFile();
  }

  readonly #flush = (): void => {
    this.#isScheduled = false;
    if (this.#isBusy) return;
    if (this.#wantsReopen) this.#closeFile();
    this.#wantsReopen = false;
    if (this.#queue === '') return this.#idle();
    this.#isBusy = true;
    if (this.#fd === undefined) this.#open();
    else this.#writeQueue(this.#fd);
  };

  #open(): void {
    const stream = streams[this.#path];
    if (stream !== undefined) return this.#writeQueue((this.#fd = stream));
    open(this.#path, 'a', 0o644, (error, fd) => {
      if (error !== null) return this.#fail(error);
      this.#fd = fd;
      this.#writeQueue(fd);
    });
  }

  #writeQueue(fd: number): void {
    const bytes = Buffer.from(this.#queue, 'latin1');
    this.#queue = '';
    this.#writeFrom(fd, bytes, 0);
  }

  #writeFrom(fd: number, bytes: Buffer, offset: number): void {
    write(fd, bytes, offset, (error, written) => {
      // A pipe whose reader is slow; it has its own pace.
      if (systemErrorCode(error) === 'EAGAIN') {
        setTimeout(() => this.#writeFrom(fd, bytes, offset), retryMs);
        return;
      }
      if (error !== null) return this.#fail(error);
      if (offset + written < bytes.length) return this.#writeFrom(fd, bytes, offset + written);
      this.#isBusy = false;
      this.#flush();
    });
  }

  /** Keeps going: the next line tries again. */
  #fail(error: unknown): void {
    this.dropped++;
    this.#queue = '';
    this.#isBusy = false;
    this.#closeFile();
    this.#logger.error({ path: this.#path, error }, 'access log cannot be written');
    this.#idle();
  }

  #closeFile(): void {
    if (this.#fd !== undefined && streams[this.#path] === undefined) close(this.#fd);
    this.#fd = undefined;
  }

  #idle(): void {
    const waiters = this.#onIdle;
    this.#onIdle = [];
    for (const wake of waiters) wake();
  }
}

const retryMs = 10;
