import { Agent } from 'node:http';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';

const [port, backendPort] = process.argv.slice(2).map(Number);
const app = express();
app.use(
  createProxyMiddleware({
    target: `http://127.0.0.1:${backendPort}`,
    agent: new Agent({ keepAlive: true, maxSockets: 256 }),
  }),
);
app.listen(port, '127.0.0.1');
