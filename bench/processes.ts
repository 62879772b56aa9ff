import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:net';

/** Cores by role: what is measured runs alone on the first, load and backend share the second. */
export const proxyCore = 0;
export const loadCore = 1;

const startTimeoutMs = 15_000;
const stopTimeoutMs = 5_000;
/** Linux counts CPU time in these; USER_HZ is 100 on every architecture that Node runs on. */
const microsPerTick = 10_000;

/** A program that was started and will be stopped: never found by name, always by its pid. */
export interface Running {
  readonly pid: number;
  stop(): Promise<void>;
}

/** The path of a program on PATH (or in the places that Debian keeps servers in), or undefined. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => `${folder}/${name}`).find((path) => existsSync(path));
}

/**
 * Starts a program on one core, or on all of them without `core`, and waits until its port takes connections. Its output
 * goes nowhere.
 */
export async function startProgram(
  command: readonly string[],
  options: { core?: number; port: number; env?: NodeJS.ProcessEnv; cwd?: string },
): Promise<Running> {
  const [file, ...args] = pinned(command, options.core);
  const child = spawn(file as string, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...options.env },
    cwd: options.cwd,
  });
  const errors = collectTail(child);
  endWithUs(child);
  await waitForPort(options.port, child, errors);
  return { pid: child.pid as number, stop: () => stopChild(child) };
}

const children = new Set<ChildProcess>();

/** Ends a program when this one ends early, by a signal or an error, so that nothing keeps running behind a benchmark. */
export function endWithUs(child: ChildProcess): void {
  if (children.size === 0 && process.listenerCount('exit', endChildren) === 0) {
    process.on('exit', endChildren);
    process.once('SIGINT', () => process.exit(exitInterrupted));
    process.once('SIGTERM', () => process.exit(exitTerminated));
  }
  children.add(child);
  child.once('exit', () => children.delete(child));
}

const exitInterrupted = 130;
const exitTerminated = 143;

function endChildren(): void {
  for (const child of children) child.kill('SIGTERM');
}

/** The command that runs `command` on one core alone, where the system can do that. */
export function pinned(command: readonly string[], core: number | undefined): string[] {
  if (core === undefined || findProgram('taskset') === undefined) return [...command];
  return ['taskset', '-c', String(core), ...command];
}

function collectTail(child: ChildProcess): () => string {
  const maxChars = 4_000;
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-maxChars);
  });
  return () => text;
}

async function waitForPort(port: number, child: ChildProcess, errors: () => string): Promise<void> {
  const deadlineMs = Date.now() + startTimeoutMs;
  while (Date.now() < deadlineMs) {
    if (child.exitCode !== null) throw new Error(`exited with ${child.exitCode}: ${errors().trim()}`);
    if (await isListening(port)) return;
    await delay(20);
  }
  await stopChild(child);
  throw new Error(`did not listen on ${port} within ${startTimeoutMs} ms: ${errors().trim()}`);
}

/** Whether something takes connections on a loopback port. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Ends a program that this one started: asks first, insists after 5 s. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(timer);
}

/** The process and everything below it. */
export function processTree(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readIfThere(`/proc/${pid}/task/${task}/children`)
      .split(' ')
      .filter((text) => text.trim() !== '')
      .map(Number),
  );
  return [pid, ...children.flatMap(processTree)];
}

/** CPU time of a process tree so far, user and system, in microseconds: the kernel's own accounting. */
export function cpuMicros(pid: number): number {
  let ticks = 0;
  for (const member of processTree(pid)) {
    const stat = readIfThere(`/proc/${member}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return ticks * microsPerTick;
}

/** Proportional resident memory of a process tree in MiB, so that pages shared by workers count once. */
export function residentMiB(pid: number): number {
  let kib = 0;
  for (const member of processTree(pid)) {
    const rollup = readIfThere(`/proc/${member}/smaps_rollup`);
    kib += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return kib / 1024;
}

/** Resident memory of one process in MiB, pages that it shares with others included. */
export function residentSetMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readIfThere(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** First line that a program prints about its version. */
export function versionLine(file: string, flag: string): string {
  try {
    return (
      execFileSync(file, [flag], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).split('\n')[0] ?? ''
    );
  } catch {
    return '';
  }
}
