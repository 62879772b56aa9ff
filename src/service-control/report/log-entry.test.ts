import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { durationFromMs, timestampFromMs } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { LogEntrySchema } from '../../gen/google/api/servicecontrol/v1/log_entry_pb.ts';
import { OperationSchema } from '../../gen/google/api/servicecontrol/v1/operation_pb.ts';
import { writeLogEntry, type LogEntryFields } from './log-entry.ts';
import { ProtoWriter } from './proto-writer.ts';

const logEntriesField = 8;
const entry: LogEntryFields = {
  name: 'endpoints_log',
  timestampMs: Date.UTC(2026, 0, 1) + 7,
  severity: 200,
  trace: '',
  httpRequest: undefined,
  payload: [],
};

/** What a decoder of operations sees. */
function decode(fields: LogEntryFields) {
  const writer = new ProtoWriter();
  writer.raw(toBinary(OperationSchema, create(OperationSchema, { operationId: 'op' })));
  writeLogEntry(writer, logEntriesField, fields);
  writeLogEntry(writer, logEntriesField, entry);
  const operation = fromBinary(OperationSchema, writer.take());
  assert.deepEqual([operation.operationId, operation.logEntries.length], ['op', 2]);
  return operation.logEntries[0];
}

// Well-formed texts of every length class that the wire format tells apart, ASCII and not.
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.integer({ min: 120, max: 135 }).map((length) => 'a'.repeat(length)),
  fc.integer({ min: 40, max: 70 }).map((length) => 'é€😀'.repeat(length)),
  fc.integer({ min: 16_380, max: 16_390 }).map((length) => 'b'.repeat(length)),
);
const size = fc.nat({ max: Number.MAX_SAFE_INTEGER });

describe('writeLogEntry', () => {
  it('writes any structured payload so that it reads back the same', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }),
          fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true })),
        ),
        (payload) => {
          const decoded = decode({ ...entry, payload: Object.entries(payload).flat() });
          assert.deepEqual(decoded?.payload.case === 'structPayload' && { ...decoded.payload.value }, {
            ...payload,
          });
        },
      ),
    );
  });

  it('writes any request so that it reads back the same', () => {
    fc.assert(
      fc.property(
        text,
        text,
        size,
        size,
        fc.nat({ max: 999 }),
        (requestUrl, referer, requestSize, responseSize, status) => {
          const request = {
            requestMethod: 'GET',
            remoteIp: '::1',
            protocol: 'http',
            requestUrl,
            referer,
            status,
          };
          const decoded = decode({
            ...entry,
            httpRequest: { ...request, requestSize, responseSize, latencyMs: 12.345 },
          });
          const expected = create(LogEntrySchema, {
            httpRequest: {
              ...request,
              requestSize: BigInt(requestSize),
              responseSize: BigInt(responseSize),
              latency: { seconds: 0n, nanos: 12_345_000 },
            },
          });
          assert.deepEqual(decoded?.httpRequest, expected.httpRequest);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('writes name, time, severity and trace', () => {
    const decoded = decode({ ...entry, severity: 500, trace: 'projects/p/traces/t' });
    assert.deepEqual(
      [decoded?.name, decoded?.timestamp, decoded?.severity, decoded?.trace],
      ['endpoints_log', timestampFromMs(entry.timestampMs), 500, 'projects/p/traces/t'],
    );
  });

  for (const latencyMs of [0, 0.25, 1, 999.999, 61_000.5])
    it(`writes a latency of ${latencyMs} ms`, () => {
      const request = {
        requestMethod: '',
        requestUrl: '',
        requestSize: 0,
        status: 0,
        responseSize: 0,
        remoteIp: '',
        referer: '',
        protocol: '',
      };
      const decoded = decode({ ...entry, httpRequest: { ...request, latencyMs } });
      const { seconds, nanos } = decoded?.httpRequest?.latency ?? durationFromMs(-1);
      assert.equal(Number(seconds) * 1000 + nanos / 1e6, latencyMs);
    });

  it('leaves out a latency that is not known', () => {
    const request = {
      requestMethod: '',
      requestUrl: '',
      requestSize: 0,
      status: 0,
      responseSize: 0,
      remoteIp: '',
      referer: '',
      protocol: '',
    };
    assert.equal(
      decode({ ...entry, httpRequest: { ...request, latencyMs: -1 } })?.httpRequest?.latency,
      undefined,
    );
  });
});
