import { HpackEncoder } from '../hpack/hpack-encoder.ts';
import type { HeaderList } from '../http/headers.ts';
import type { RequestHead, ResponseHead } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { FrameFlag } from './frame-codes.ts';
import type { FrameWriter } from './frame-writer.ts';
import { mayBeSent, toHttp2Status } from './outgoing-fields.ts';
import type { SendingStream } from './sending-stream.ts';

/** Enough for `content-length` with any length. */
const lengthFieldBytes = 32;
/** Enough for the pseudo fields of a request, beside the text of those that have any. */
const requestPseudoBytes = 96;

/** Writes heads and trailers: encoded right into the output of the connection. */
export class FieldWriter {
  readonly encoder: HpackEncoder = new HpackEncoder();
  readonly #frames: FrameWriter;

  constructor(frames: FrameWriter) {
    this.#frames = frames;
  }

  /**
   * A request's head. An upgrade goes as extended CONNECT (RFC 8441 §4), without the fields of the HTTP/1.1 handshake.
   *
   * @param isWhole nothing follows
   */
  request(stream: SendingStream, head: RequestHead, isWhole: boolean): void {
    const { method, target, authority, headers, upgrade } = head;
    const encoder = this.encoder;
    const pseudoBytes = requestPseudoBytes + method.length + target.length + authority.length;
    const into = this.#frames.beginFields(
      encoder.maxEncodedBytes(headers) + lengthFieldBytes + pseudoBytes + (upgrade?.length ?? 0),
    );
    const from = this.#frames.fieldsStart;
    let at = encoder.encodeKnown(':method', upgrade === undefined ? method : 'CONNECT', into, from);
    if (upgrade !== undefined) at = encoder.encodeField(':protocol', upgrade, into, at);
    at = encoder.encodeKnown(':scheme', head.scheme, into, at);
    if (authority !== '') at = encoder.encodeField(':authority', authority, into, at);
    at = encoder.encodeKnown(':path', target, into, at);
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i] as string;
      if (!mayBeSent(name) || name === 'host') continue;
      if (upgrade === undefined || name !== 'sec-websocket-key')
        at = encoder.encodeField(name, headers[i + 1] as string, into, at);
    }
    if (saysLength(head)) at = encoder.encodeField('content-length', String(head.bodyLength), into, at);
    this.#end(stream, at, isWhole ? FrameFlag.END_STREAM : 0);
  }

  /**
   * A final response's head. A 101 becomes 200 without the fields of the HTTP/1.1 handshake (RFC 8441 §5).
   *
   * @param isTunnel the request asks for one
   * @param isWhole nothing follows
   */
  response(stream: SendingStream, head: ResponseHead, isTunnel: boolean, isWhole: boolean): void {
    const { headers, bodyLength } = head;
    const status = toHttp2Status(head.status, isTunnel);
    const isAccepted = isTunnel && head.status === switchingProtocols;
    const encoder = this.encoder;
    const into = this.#frames.beginFields(encoder.maxEncodedBytes(headers) + lengthFieldBytes);
    let at = encoder.encodeStatus(status, into, this.#frames.fieldsStart);
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i] as string;
      if (!mayBeSent(name) || (isAccepted && name === 'sec-websocket-accept')) continue;
      at = encoder.encodeField(name, headers[i + 1] as string, into, at);
    }
    if (bodyLength !== unknownLength && status !== 204 && !isAccepted)
      at = encoder.encodeField('content-length', String(bodyLength), into, at);
    this.#end(stream, at, isWhole ? FrameFlag.END_STREAM : 0);
  }

  informational(stream: SendingStream, status: number, headers: HeaderList): void {
    const into = this.#frames.beginFields(this.encoder.maxEncodedBytes(headers));
    const at = this.encoder.encodeStatus(status, into, this.#frames.fieldsStart);
    this.#end(stream, this.#encode(headers, into, at), 0);
  }

  trailers(stream: SendingStream, headers: HeaderList): void {
    const into = this.#frames.beginFields(this.encoder.maxEncodedBytes(headers));
    this.#end(stream, this.#encode(headers, into, this.#frames.fieldsStart), FrameFlag.END_STREAM);
  }

  #encode(headers: HeaderList, into: Buffer, from: number): number {
    let at = from;
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i] as string;
      if (mayBeSent(name)) at = this.encoder.encodeField(name, headers[i + 1] as string, into, at);
    }
    return at;
  }

  #end(stream: SendingStream, at: number, flags: number): void {
    const frames = this.#frames;
    frames.endFields(stream.id, at, flags);
    stream.frameAt = frames.frameAt;
    stream.frameGeneration = frames.frameGeneration;
  }
}

const switchingProtocols = 101;

/** A request without body has no content-length, save where its absence would surprise (RFC 9110 §8.6). */
function saysLength({ method, bodyLength, upgrade }: RequestHead): boolean {
  if (upgrade !== undefined || bodyLength === unknownLength) return false;
  return bodyLength > 0 || method === 'POST' || method === 'PUT' || method === 'PATCH';
}
