import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, createRegistry, fromBinary, getOption, toBinary, toJson } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { http } from '../../gen/google/api/annotations_pb.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { DiagnosticSchema } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import {
  ServiceManager,
  SubmitConfigSourceResponseSchema,
} from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { OperationSchema } from '../../gen/google/longrunning/operations_pb.ts';
import { ServiceManagerContract, SubmitResponseSchema } from './submit-response.ts';

const response = create(SubmitResponseSchema, {
  serviceConfig: create(ServiceSchema, { id: '2026-01-01r0' }),
  diagnostics: [create(DiagnosticSchema, { location: 'f.yaml', message: 'm' })],
});

describe('SubmitResponseSchema', () => {
  it('prints diagnostics inside an operation, under the public type name', () => {
    const operation = create(OperationSchema, {
      result: { case: 'response', value: anyPack(SubmitResponseSchema, response) },
    });
    const json = toJson(OperationSchema, operation, { registry: createRegistry(SubmitResponseSchema) });
    assert.deepEqual(json, {
      response: {
        '@type': 'type.googleapis.com/google.api.servicemanagement.v1.SubmitConfigSourceResponse',
        serviceConfig: { id: '2026-01-01r0' },
        diagnostics: [{ location: 'f.yaml', message: 'm' }],
      },
    });
  });

  it('reads as the public message on the wire', () => {
    const read = fromBinary(SubmitConfigSourceResponseSchema, toBinary(SubmitResponseSchema, response));
    assert.equal(read.serviceConfig?.id, '2026-01-01r0');
  });
});

describe('ServiceManagerContract', () => {
  it('has the methods and paths of the public service', () => {
    const paths = (service: typeof ServiceManager): unknown[] =>
      service.methods.map((method) => [method.localName, method.input.typeName, getOption(method, http)]);
    assert.deepEqual(paths(ServiceManagerContract), paths(ServiceManager));
  });
});
