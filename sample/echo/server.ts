import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Longest request body that is read. */
const maxBodyBytes = 1024 * 1024;
const userInfoHeader = 'x-endpoint-api-userinfo';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** What the API answers, by path and verb. */
const routes: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '/echo': { POST: echo },
  '/auth/info/googlejwt': { GET: authInfo },
  '/auth/info/googleidtoken': { GET: authInfo },
  '/auth/info/firebase': { GET: withCors(authInfo), OPTIONS: withCors(preflight) },
};

/** The getting-started API: POST /echo and three GET /auth/info/… methods. The caller makes it listen. */
export function createEchoServer(): Server {
  return createServer((request, response) => {
    void serve(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendError(response, 500, `Exception: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] as string;
  const verbs = routes[path];
  if (verbs === undefined) return sendError(response, 404, `Nothing is served at ${path}`);
  const handler = verbs[request.method ?? ''];
  if (handler !== undefined) return handler(request, response);
  response.setHeader('allow', Object.keys(verbs).join(', '));
  sendError(response, 405, `${path} does not answer ${request.method ?? ''}`);
}

/** Echoes `message` of a JSON object; an object without one gives an empty message. */
async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) return sendError(response, 413, `A body may have ${maxBodyBytes} bytes`);
  const value = parseObject(body);
  if (value === undefined) return sendError(response, 400, 'The body must be a JSON object');
  sendJson(response, 200, { message: value['message'] ?? '' });
}

/** Answers with the identity that the proxy put into the request. */
function authInfo(request: IncomingMessage, response: ServerResponse): void {
  const encoded = request.headers[userInfoHeader];
  if (typeof encoded !== 'string') return sendJson(response, 200, { id: 'anonymous' });
  // Some proxies of the past wrote the value as a Python bytes literal, hence the leading b and the quotes (JSON never encodes to
  // a b first). Node's decoder takes both base64 alphabets, with or without padding.
  const json = Buffer.from(encoded.replace(/^b/, '').replaceAll("'", ''), 'base64').toString();
  sendJson(response, 200, JSON.parse(json));
}

function preflight(_request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('access-control-allow-methods', 'GET, OPTIONS');
  response.setHeader('access-control-allow-headers', 'authorization');
  response.writeHead(200, { 'content-length': 0 }).end();
}

function withCors(handler: Handler): Handler {
  return (request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    return handler(request, response);
  };
}

/** The whole body, or undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseObject(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    // A parsed JSON object has string keys only.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function sendError(response: ServerResponse, code: number, message: string): void {
  sendJson(response, code, { code, message });
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
