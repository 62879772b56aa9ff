import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** Longest answer that is read; a service config with its sources may have some 10 MB. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** A request with its whole body. */
export interface HttpMessage {
  readonly url: string;
  readonly verb: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/** An answer with its whole body. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends a request and reads the answer; follows no redirects, for the token must not travel. Rejects with Node's error
 * when there is no answer. Not `fetch`: that refuses the ports which browsers refuse.
 */
export function sendHttp(message: HttpMessage): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const send = message.url.startsWith('https:') ? httpsRequest : httpRequest;
  const request = send(
    message.url,
    { method: message.verb, headers: message.headers, signal: message.signal },
    (response) => void readAnswer(response).then(resolve, reject),
  );
  request.once('error', reject);
  request.end(message.body);
  return promise;
}

async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new RangeError(`the answer has more than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
}
