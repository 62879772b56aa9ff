import type { RequestHead } from '../http/stream.ts';

/** What is wrong with a request, as status and response code details. */
export interface ProblemDefinition {
  readonly status: number;
  /** Envoy's response code details. */
  readonly details: string;
}

/** Why a message is refused, finer than the response code details: for logs, metrics and tests. */
export type Http1Problem =
  | 'invalid_request_line'
  | 'invalid_status_line'
  | 'unknown_method'
  | 'invalid_target'
  | 'invalid_url'
  | 'invalid_scheme'
  | 'https_url_on_plaintext'
  | 'unsupported_version'
  | 'low_version'
  | 'bare_cr'
  | 'bare_lf'
  | 'invalid_field_name'
  | 'space_before_colon'
  | 'obs_fold'
  | 'invalid_field_value'
  | 'underscore_in_name'
  | 'request_line_too_long'
  | 'head_too_large'
  | 'too_many_fields'
  | 'invalid_content_length'
  | 'repeated_content_length'
  | 'length_and_encoding'
  | 'unknown_transfer_encoding'
  | 'encoding_in_http10'
  | 'framing_without_body'
  | 'connection_options'
  | 'missing_host'
  | 'repeated_host'
  | 'invalid_host'
  | 'body_disallowed'
  | 'connect_refused'
  | 'unsupported_upgrade'
  | 'unknown_expectation'
  | 'invalid_chunk'
  | 'chunk_extensions_too_large'
  | 'trailers_too_large'
  | 'body_too_large'
  | 'head_timeout'
  | 'body_timeout';

const codecError = 'http1.codec_error';

/**
 * Everything the codec refuses. Status and details are those of ESPv2 (Envoy's HTTP/1 codec and connection manager);
 * a response with one of these problems is an upstream protocol error instead.
 */
export const http1Problems: Readonly<Record<Http1Problem, ProblemDefinition>> = {
  invalid_request_line: refuse(400, codecError),
  invalid_status_line: refuse(400, codecError),
  unknown_method: refuse(400, codecError),
  invalid_target: refuse(400, codecError),
  invalid_url: refuse(400, 'http1.invalid_url'),
  invalid_scheme: refuse(400, 'http1.invalid_scheme'),
  https_url_on_plaintext: refuse(403, 'http1.https_url_on_plaintext_connection'),
  unsupported_version: refuse(400, codecError),
  low_version: refuse(426, 'low_version'),
  bare_cr: refuse(400, codecError),
  bare_lf: refuse(400, codecError),
  invalid_field_name: refuse(400, codecError),
  space_before_colon: refuse(400, codecError),
  obs_fold: refuse(400, codecError),
  invalid_field_value: refuse(400, 'http1.invalid_characters'),
  underscore_in_name: refuse(400, 'http1.unexpected_underscore'),
  request_line_too_long: refuse(431, 'http1.headers_too_large'),
  head_too_large: refuse(431, 'http1.headers_too_large'),
  too_many_fields: refuse(431, 'http1.too_many_headers'),
  invalid_content_length: refuse(400, codecError),
  repeated_content_length: refuse(400, codecError),
  length_and_encoding: refuse(400, 'http1.content_length_and_chunked_not_allowed'),
  unknown_transfer_encoding: refuse(501, 'http1.invalid_transfer_encoding'),
  encoding_in_http10: refuse(400, codecError),
  framing_without_body: refuse(400, codecError),
  connection_options: refuse(400, 'http1.connection_header_rejected'),
  missing_host: refuse(400, 'missing_host_header'),
  repeated_host: refuse(400, codecError),
  invalid_host: refuse(400, 'http.invalid_authority'),
  body_disallowed: refuse(400, 'http1.body_disallowed'),
  connect_refused: refuse(403, 'upgrade_failed'),
  unsupported_upgrade: refuse(403, 'upgrade_failed'),
  unknown_expectation: refuse(417, 'http1.unknown_expectation'),
  invalid_chunk: refuse(400, codecError),
  chunk_extensions_too_large: refuse(400, codecError),
  trailers_too_large: refuse(431, 'http1.headers_too_large'),
  body_too_large: refuse(413, 'request_payload_too_large'),
  head_timeout: refuse(408, 'request_header_timeout'),
  body_timeout: refuse(408, 'stream_idle_timeout'),
};

/** A request that the codec answers itself, with a response that the caller renders. */
export interface Http1Rejection {
  readonly status: number;
  /** Envoy's response code details, such as `http1.codec_error`. */
  readonly details: string;
  readonly problem: Http1Problem;
  /** The request, as far as it could be understood: present once its head was well-formed. */
  readonly request: RequestHead | undefined;
}

/** The rejection for a problem. */
export function createRejection(problem: Http1Problem, request: RequestHead | undefined): Http1Rejection {
  const { status, details } = http1Problems[problem];
  return { status, details, problem, request };
}

function refuse(status: number, details: string): ProblemDefinition {
  return { status, details };
}
