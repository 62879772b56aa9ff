// A backend for large bodies: `node body-backend.ts PORT BYTES PAUSE_MS`. POST /upload waits PAUSE_MS before it reads,
// drains the body and answers how many bytes it was; GET /download answers with BYTES bytes, written as fast as they go.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { countBytes, writeBytes } from './body-streams.ts';

const [port, bytes, pauseMs] = process.argv.slice(2).map(Number) as [number, number, number];

createServer((request, response) => {
  const answer = request.method === 'POST' ? receive(request, response) : send(response);
  answer.catch((error: Error) => {
    process.stderr.write(`body-backend: ${error.message}\n`);
    response.destroy();
  });
}).listen(port, '127.0.0.1', () => process.stdout.write('listening\n'));

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await delay(pauseMs);
  const received = String(await countBytes(request));
  response.writeHead(200, { 'content-length': received.length }).end(received);
}

async function send(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes });
  await writeBytes(response, bytes);
}
