import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** A serialized ReportRequest. */
export interface PackedReport {
  readonly body: Uint8Array;
  readonly operations: number;
}

/** Field numbers of google.api.servicecontrol.v1.ReportRequest. */
const field = { serviceName: 1, operations: 2, serviceConfigId: 3 } as const;

/** At most this many operations go together. Source: service-control-client-cxx, report_aggregator_impl.cc. */
export const maxOperationsPerReport = 10;
/** Service Control takes 1 MB a request. */
export const maxReportBytes = 1_000_000;

/**
 * Packs serialized operations, oldest first, into requests of at most ten operations and 1 MB. An operation that is too large alone still goes out, alone: the server says no.
 */
export function packReports(
  serviceName: string,
  configId: string,
  operations: readonly Uint8Array[],
): PackedReport[] {
  const packed: PackedReport[] = [];
  let batch: Uint8Array[] = [];
  let batchBytes = 0;
  const seal = (): void => {
    if (batch.length === 0) return;
    packed.push({ body: writeRequest(serviceName, configId, batch), operations: batch.length });
    batch = [];
    batchBytes = 0;
  };
  for (const bytes of operations) {
    const isFull = batch.length === maxOperationsPerReport || batchBytes + bytes.length > maxReportBytes;
    if (isFull) seal();
    batch.push(bytes);
    batchBytes += bytes.length;
  }
  seal();
  return packed;
}

function writeRequest(serviceName: string, configId: string, operations: readonly Uint8Array[]): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(field.serviceName, WireType.LengthDelimited).string(serviceName);
  for (const operation of operations) writer.tag(field.operations, WireType.LengthDelimited).bytes(operation);
  writer.tag(field.serviceConfigId, WireType.LengthDelimited).string(configId);
  return writer.finish();
}
