import type { ConnectionInfo, ServerStream } from '../http/stream.ts';
import type { Http1Rejection } from '../http1/problem.ts';
import { Http1ServerConnection } from '../http1/server-connection.ts';
import type { Http1ServerSettings } from '../http1/server-settings.ts';
import { Http2ServerConnection } from '../http2/http2-server-connection.ts';
import type { Http2Limits } from '../http2/http2-settings.ts';
import type { Http2RejectReason } from '../http2/request-fields.ts';
import type { ConnectionFactory } from './listener.ts';

/** How the connections of a listener speak HTTP. */
export interface HttpConnectionOptions {
  readonly http1: Http1ServerSettings;
  readonly http2: Http2Limits;
}

/** What the connections tell. The methods are called without `this`. */
export interface HttpConnectionEvents {
  /** A request arrived. The receiver sets `stream.handler` before it returns. */
  readonly onRequest: (stream: ServerStream) => void;
  /** An HTTP/1 request was refused and answered by its codec. */
  readonly onRejection: (rejection: Http1Rejection, connection: ConnectionInfo) => void;
  /** An HTTP/2 request was reset by its codec, without an answer. */
  readonly onReset: (reason: Http2RejectReason, connection: ConnectionInfo) => void;
}

/** The HTTP codecs behind a listener: HTTP/1.1 and HTTP/2 on one port. */
export function createHttpConnections(
  options: HttpConnectionOptions,
  events: HttpConnectionEvents,
): ConnectionFactory {
  const { http1: settings, http2: limits } = options;
  const { wheel } = settings;
  const { onRequest, onRejection, onReset } = events;
  return {
    http1: (socket, info, onClose) =>
      new Http1ServerConnection(
        socket,
        { info, settings },
        { onRequest, onRejection: (rejection) => onRejection(rejection, info), onClose },
      ),
    http2: (socket, info, onClose) =>
      new Http2ServerConnection(
        socket,
        { info, limits, wheel },
        { onRequest, onReject: (reason) => onReset(reason, info), onClose },
      ),
  };
}
