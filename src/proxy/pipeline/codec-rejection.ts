import type { HeaderList } from '../../protocol/http/headers.ts';
import type { ConnectionInfo, RequestHead, ServerStream } from '../../protocol/http/stream.ts';
import type { CodecFault, Dialect } from '../dialects/dialect.ts';

/** A request that a codec has refused and answered by itself. */
export interface CodecRejection extends CodecFault {
  /** As far as it could be understood. */
  readonly request: RequestHead | undefined;
}

/** The answer of a codec to a request that it refuses, in the dialect's words; for `Http1ServerSettings`. */
export function renderCodecRejection(
  dialect: Dialect,
  fault: CodecFault,
): { readonly status: number; readonly headers: HeaderList; readonly body: string } {
  const reply = dialect.codecRejection(fault);
  const { contentType, body } = dialect.renderError(reply);
  const headers = ['content-type', contentType];
  if (dialect.serverHeader !== undefined) headers.push('server', dialect.serverHeader);
  return { status: reply.httpStatus, headers, body };
}

/** The request of a rejection as a stream that takes nothing, so that it can be reported and logged like others. */
export function toRejectedStream(rejection: CodecRejection, connection: ConnectionInfo): ServerStream {
  return {
    request: rejection.request ?? { ...nothingUnderstood, headers: [] },
    connection,
    handler: {
      onBody: ignore,
      onBodyEnd: ignore,
      onDrain: ignore,
      onAbort: ignore,
      onComplete: ignore,
    },
    pauseBody: ignore,
    resumeBody: ignore,
    sendInformational: ignore,
    sendHead: ignore,
    sendData: () => true,
    sendEnd: ignore,
    abort: ignore,
    closeAfterResponse: ignore,
  };
}

const nothingUnderstood: Omit<RequestHead, 'headers'> = {
  method: '',
  scheme: 'http',
  authority: '',
  target: '',
  version: 'HTTP/1.1',
  bodyLength: 0,
  upgrade: undefined,
};

function ignore(): void {}
