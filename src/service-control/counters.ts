/**
 * What has been asked of Service Control since the start. Field names are those of `/endpoints_status`, which prints
 * them as strings. Source: esp server_status.proto ServiceControlStatistics.
 */
export interface ServiceControlCounters {
  totalCalledChecks: number;
  /** Sent in the background, because an answer had grown old. */
  sendChecksByFlush: number;
  /** Sent while a request waited. */
  sendChecksInFlight: number;
  totalCalledReports: number;
  sendReportsByFlush: number;
  sendReportsInFlight: number;
  sendReportOperations: number;
  /** Bytes of the largest report request. */
  maxReportSize: number;
  totalCalledQuotas: number;
  sendQuotas: number;
  /** Records that a full queue or a refusal cost. */
  droppedReports: number;
  failedChecks: number;
  failedQuotas: number;
  failedReports: number;
}

/** All zero. */
export function createCounters(): ServiceControlCounters {
  return {
    totalCalledChecks: 0,
    sendChecksByFlush: 0,
    sendChecksInFlight: 0,
    totalCalledReports: 0,
    sendReportsByFlush: 0,
    sendReportsInFlight: 0,
    sendReportOperations: 0,
    maxReportSize: 0,
    totalCalledQuotas: 0,
    sendQuotas: 0,
    droppedReports: 0,
    failedChecks: 0,
    failedQuotas: 0,
    failedReports: 0,
  };
}
