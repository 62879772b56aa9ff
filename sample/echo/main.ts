// Serves the echo API: node sample/echo/main.ts [--host 127.0.0.1] [--port 8080]
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { createEchoServer } from './server.ts';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: process.env['PORT'] ?? '8080' },
  },
});
const server = createEchoServer();
server.on('error', (error) => {
  process.stderr.write(`echo: ${error.message}\n`);
  process.exitCode = 1;
});
server.listen(Number(values.port), values.host, () => {
  const { address, port } = server.address() as AddressInfo;
  process.stdout.write(`echo: listening on http://${address}:${port}\n`);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close());
