import { nodeHttp } from '../http/node-http.ts';

const { STATUS_CODES } = nodeHttp;

/** Status lines by status, made when first used. */
const statusLines: string[] = [];

/** `HTTP/1.1 200 OK` with its line end. Reason phrases are the registered ones: nothing of a peer's goes on. */
export function statusLine(status: number): string {
  return (statusLines[status] ??= `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`);
}
