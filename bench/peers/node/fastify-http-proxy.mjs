import proxy from '@fastify/http-proxy';
import Fastify from 'fastify';

const [port, backendPort] = process.argv.slice(2).map(Number);
const app = Fastify({ logger: false });
app.register(proxy, { upstream: `http://127.0.0.1:${backendPort}` });
await app.listen({ port, host: '127.0.0.1' });
