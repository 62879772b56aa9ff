import { ConfigError } from '../../core/errors.ts';
import { type AccessLog, createAccessLog } from '../../proxy/observe/access-log.ts';
import { createLogWriter } from '../../proxy/observe/log-writer.ts';
import { ExchangeRecord, type ProcessFacts } from '../../proxy/policies/log-format/exchange-record.ts';
import {
  compileJsonLogFormat,
  compileLogFormat,
  defaultAccessLogFormat,
  type JsonLogFields,
  type LogFormat,
  missingInLog,
} from '../../proxy/policies/log-format/log-format.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { AccessLogSettings } from './settings/proxy-settings.ts';

const jsonFormatName = 'json';

/** Members of a line with `--access_log_format=json`. */
const jsonFields: JsonLogFields = {
  time: '%START_TIME%',
  requestId: '%REQ(X-REQUEST-ID)%',
  method: '%REQ(:METHOD)%',
  authority: '%REQ(:AUTHORITY)%',
  path: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
  protocol: '%PROTOCOL%',
  operation: '%FILTER_STATE(com.google.espv2.filters.http.service_control.api_method)%',
  status: '%RESPONSE_CODE%',
  details: '%RESPONSE_CODE_DETAILS%',
  flags: '%RESPONSE_FLAGS%',
  bytesReceived: '%BYTES_RECEIVED%',
  bytesSent: '%BYTES_SENT%',
  durationMs: '%DURATION%',
  client: '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%',
  upstreamHost: '%UPSTREAM_HOST%',
  userAgent: '%REQ(USER-AGENT)%',
};

/** Compiles the format of the access log. Throws ConfigError for one that Envoy would refuse. */
function compileAccessLogFormat(settings: AccessLogSettings): LogFormat {
  const { format } = settings;
  const result =
    format === jsonFormatName
      ? compileJsonLogFormat(jsonFields)
      : compileLogFormat(withLineEnd(format ?? defaultAccessLogFormat));
  if (result.kind === 'error')
    throw new ConfigError('--access_log_format', result.problem, "write Envoy's format language, or json");
  return result.format;
}

/** The access log of one worker. */
export function openAccessLog(settings: AccessLogSettings, facts: ProcessFacts, logger: Logger): AccessLog {
  const format = compileAccessLogFormat(settings);
  const writer = createLogWriter({ path: settings.path, logger });
  return createAccessLog(
    writer,
    (exchange) => format.write(new ExchangeRecord(exchange, facts), missingInLog),
    // Whoever writes a format of their own gets what they ask for, as from ESPv2.
    { hidesApiKeys: settings.format === undefined || settings.format === jsonFormatName },
  );
}

/** A flag can hardly carry a newline: a format without one gets it. */
function withLineEnd(format: string): string {
  return format.endsWith('\n') ? format : `${format}\n`;
}
