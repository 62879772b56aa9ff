// The backend of a benchmark where there is no nginx: `node bench/node-backend.ts FOLDER PORT`.
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [folder, port] = process.argv.slice(2) as [string, string];
const bodies = new Map(readdirSync(folder).map((name) => [`/${name}`, readFileSync(join(folder, name))]));

createServer({ keepAliveTimeout: 3_600_000 }, (request, response) => {
  const path = request.url?.startsWith('/routes/') ? '/json' : (request.url ?? '');
  const body = bodies.get(path);
  if (body === undefined) response.writeHead(404).end();
  else
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}).listen(Number(port), '127.0.0.1');
