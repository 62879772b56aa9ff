import { once } from 'node:events';
import type { Closeable } from '../../core/lifecycle.ts';
import { nodeHttp } from '../../protocol/http/node-http.ts';

/** Answers every request on `port` with 503 and the text. Rejects with the system's error for a port in use. */
export async function serveExplanation(port: number, text: string): Promise<Closeable> {
  const server = nodeHttp.createServer((request, response) => {
    request.resume();
    response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
  });
  server.listen(port);
  await once(server, 'listening');
  return {
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
