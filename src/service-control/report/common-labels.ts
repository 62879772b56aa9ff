import { systemLabels } from '../labels.ts';
import type { ReportRecord } from '../service-controller.ts';
import type { ReportLabel } from './report-dialect.ts';
import { unknownOperation } from './report-texts.ts';
import { responseCode, responseCodeClass } from './response-code.ts';

/** Labels that both generations fill alike, except those that a dialect gives. */
export interface DialectLabels {
  readonly credentialId: ReportLabel['value'];
  readonly statusCode: (record: ReportRecord) => number;
  readonly backendProtocol: ReportLabel['value'];
  /** Platform when nobody knows. */
  readonly unknownPlatform: string;
}

/** The label table. Source: espv2 request_builder.cc supported_labels, esp proto.cc. */
export function commonLabels(dialect: DialectLabels): readonly ReportLabel[] {
  return [
    declared('/credential_id', dialect.credentialId),
    declared('/error_type', (record) => {
      const code = responseCode(record);
      return code >= 400 ? responseCodeClass(code) : '';
    }),
    declared('/protocol', (record) => record.frontendProtocol),
    declared('/referer', (record) => record.referer),
    declared('/response_code', (record) => String(responseCode(record))),
    declared('/response_code_class', (record) => responseCodeClass(responseCode(record))),
    declared('/status_code', (record) => String(dialect.statusCode(record))),
    declared('serviceruntime.googleapis.com/api_method', (record) => record.operationName),
    declared('serviceruntime.googleapis.com/api_version', (record) =>
      record.operationName === unknownOperation ? '' : record.apiVersion,
    ),
    always(systemLabels.location, (_record, context) =>
      context.location === '' ? 'global' : context.location,
    ),
    always(systemLabels.serviceAgent, (_record, context) => context.serviceAgent),
    always(systemLabels.userAgent, (_record, context) => context.userAgent),
    always(systemLabels.platform, (_record, context) =>
      context.platform === '' ? dialect.unknownPlatform : context.platform,
    ),
    always(systemLabels.backendProtocol, dialect.backendProtocol),
  ];
}

function declared(name: string, value: ReportLabel['value']): ReportLabel {
  return { name, kind: 'declared', value };
}

function always(name: string, value: ReportLabel['value']): ReportLabel {
  return { name, kind: 'always', value };
}
