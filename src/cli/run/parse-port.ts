import { usageError } from '../cli-error.ts';

const maxPort = 65_535;

/** A port from a flag; 0 asks for a free one. Throws a usage error. */
export function parsePort(flag: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= maxPort) return port;
  throw usageError(`${flag}: ${text} is no port; give a number from 0 to ${maxPort}`);
}
