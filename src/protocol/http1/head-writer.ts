import { STATUS_CODES } from 'node:http';
import type { HeaderList } from '../http/headers.ts';

/** Status lines by status, made when first used. */
const statusLines: string[] = [];

/** `HTTP/1.1 200 OK` with its line end. Reason phrases are the registered ones: nothing of a peer's goes on. */
export function statusLine(status: number): string {
  return (statusLines[status] ??= `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`);
}

/** Field lines. */
export function fieldLines(headers: HeaderList): string {
  let text = '';
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return text;
}
