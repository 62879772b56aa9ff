import { createServer } from 'node:http';
import fastProxy from 'fast-proxy';

const [port, backendPort] = process.argv.slice(2).map(Number);
const { proxy } = fastProxy({ base: `http://127.0.0.1:${backendPort}` });
createServer((request, response) => proxy(request, response, request.url, {})).listen(port, '127.0.0.1');
