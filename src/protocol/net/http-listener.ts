import type { ServerStream } from '../http/stream.ts';
import type { Http1Rejection } from '../http1/problem.ts';
import { Http1ServerConnection } from '../http1/server-connection.ts';
import type { Http1ServerSettings } from '../http1/server-settings.ts';
import { createHttp1ServerSettings } from '../http1/server-settings.ts';
import { Http2ServerConnection } from '../http2/http2-server-connection.ts';
import type { Http2Limits } from '../http2/http2-settings.ts';
import { defaultHttp2Limits } from '../http2/http2-settings.ts';
import type { Http2RejectReason } from '../http2/request-fields.ts';
import type { ConnectionFactory, Listener, ListenerDeps, ListenerOptions } from './listener.ts';
import { createListener } from './listener.ts';

/** A listener with HTTP codecs behind it. */
export interface HttpListenerOptions extends ListenerOptions {
  /** Default: {@link createHttp1ServerSettings} with the listener's clock and wheel. */
  readonly http1?: Http1ServerSettings;
  readonly http2?: Partial<Http2Limits>;
}

/** What a listener tells. */
export interface HttpListenerEvents {
  /** A request arrived. The receiver sets `stream.handler` before it returns. */
  onRequest(stream: ServerStream): void;
  /** An HTTP/1 request was refused and answered by its codec. */
  onHttp1Rejection?(rejection: Http1Rejection): void;
  /** An HTTP/2 request was reset by its codec, without an answer. */
  onHttp2Rejection?(reason: Http2RejectReason): void;
}

/**
 * Listens for HTTP/1.1 and HTTP/2 on one port.
 *
 * @throws what {@link createListener} throws
 */
export function createHttpListener(
  options: HttpListenerOptions,
  events: HttpListenerEvents,
  deps: ListenerDeps = {},
): Promise<Listener> {
  return createListener(options, toFactory(options, events, deps), deps);
}

function toFactory(
  options: HttpListenerOptions,
  events: HttpListenerEvents,
  deps: ListenerDeps,
): ConnectionFactory {
  const { clock, wheel } = deps;
  const settings =
    options.http1 ??
    createHttp1ServerSettings({
      ...(clock === undefined ? {} : { clock }),
      ...(wheel === undefined ? {} : { wheel }),
    });
  const limits = { ...defaultHttp2Limits, ...options.http2 };
  const onRequest = (stream: ServerStream): void => events.onRequest(stream);
  const onRejection = (rejection: Http1Rejection): void => events.onHttp1Rejection?.(rejection);
  const onReject = (reason: Http2RejectReason): void => events.onHttp2Rejection?.(reason);
  return {
    http1: (socket, info, onClose) =>
      new Http1ServerConnection(socket, { info, settings }, { onRequest, onRejection, onClose }),
    http2: (socket, info, onClose) =>
      new Http2ServerConnection(
        socket,
        { info, limits, ...(clock === undefined ? {} : { clock }) },
        { onRequest, onReject, onClose },
      ),
  };
}
