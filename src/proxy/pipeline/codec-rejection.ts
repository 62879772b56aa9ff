import type { HeaderList } from '../../protocol/http/headers.ts';
import type { ConnectionInfo, HttpVersion, RequestHead, ServerStream } from '../../protocol/http/stream.ts';
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

/** A refused request, as far as it was understood, as a stream that takes nothing: reported and logged like others. */
export function toRejectedStream(
  request: RequestHead | undefined,
  connection: ConnectionInfo,
  version: HttpVersion = 'HTTP/1.1',
): ServerStream {
  return {
    request: request ?? { ...nothingUnderstood, version, headers: [] },
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

const nothingUnderstood: Omit<RequestHead, 'headers' | 'version'> = {
  method: '',
  scheme: 'http',
  authority: '',
  target: '',
  bodyLength: 0,
  upgrade: undefined,
};

function ignore(): void {}
