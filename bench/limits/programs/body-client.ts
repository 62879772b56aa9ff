// A client for large bodies: `node body-client.ts upload|download PORT BYTES PAUSE_MS`. Prints how many bytes went
// through, as the receiving end counted them. A downloading one waits PAUSE_MS before it reads.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { countBytes, writeBytes } from './body-streams.ts';

const [direction, port, bytes, pauseMs] = process.argv.slice(2) as [string, string, string, string];
const received = direction === 'upload' ? await upload() : await download();
process.stdout.write(`${received}\n`);

async function upload(): Promise<number> {
  const sent = request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/upload',
    headers: { 'content-length': bytes },
  });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  await writeBytes(sent, Number(bytes));
  const [response] = await answered;
  let text = '';
  for await (const part of response) text += String(part);
  return Number(text);
}

async function download(): Promise<number> {
  const sent = request({ port, host: '127.0.0.1', path: '/download' }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  await delay(Number(pauseMs));
  return await countBytes(response);
}
