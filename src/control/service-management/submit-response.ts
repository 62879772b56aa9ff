import { clone, create, createFileRegistry } from '@bufbuild/protobuf';
import type { DescFile, FileRegistry, Message } from '@bufbuild/protobuf';
import type { GenMessage } from '@bufbuild/protobuf/codegenv2';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import type { Service } from '../../gen/google/api/service_pb.ts';
import { DiagnosticSchema } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { Diagnostic } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import {
  file_google_api_servicemanagement_v1_servicemanager as publicFile,
  ServiceManager,
  SubmitConfigSourceResponseSchema,
} from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';

/** Far from any number that the public contract may come to use. */
const diagnosticsFieldNumber = 50_000;

/** SubmitConfigSourceResponse with the field that Google's server sends and Google's published proto lacks. */
export type SubmitResponse = Message<'google.api.servicemanagement.v1.SubmitConfigSourceResponse'> & {
  serviceConfig?: Service;
  diagnostics: Diagnostic[];
};

const extendedFile = extend();

/**
 * Describes {@link SubmitResponse}. It bears the public type's name and is a superset of it on the wire, so it
 * goes into `Operation.response` as the public type.
 */
export const SubmitResponseSchema: GenMessage<SubmitResponse> = messageOf(extendedFile);

/**
 * The ServiceManager that we serve: the public one, in a file where SubmitConfigSourceResponse is
 * {@link SubmitResponseSchema}. Whatever prints JSON by this service's file therefore prints `diagnostics`, which
 * gcloud reads.
 */
export const ServiceManagerContract: typeof ServiceManager = serviceOf(extendedFile);

function extend(): FileRegistry {
  const file = clone(FileDescriptorProtoSchema, publicFile.proto);
  file.messageType
    .find((message) => message.name === SubmitConfigSourceResponseSchema.name)
    ?.field.push(
      create(FieldDescriptorProtoSchema, {
        name: 'diagnostics',
        jsonName: 'diagnostics',
        number: diagnosticsFieldNumber,
        label: FieldDescriptorProto_Label.REPEATED,
        type: FieldDescriptorProto_Type.MESSAGE,
        typeName: `.${DiagnosticSchema.typeName}`,
      }),
    );
  const dependencies = new Map(
    publicFile.dependencies.map((f): [string, DescFile] => [`${f.name}.proto`, f]),
  );
  return createFileRegistry(file, (name) => dependencies.get(name));
}

function messageOf(registry: FileRegistry): GenMessage<SubmitResponse> {
  const found = registry.getMessage(SubmitConfigSourceResponseSchema.typeName);
  if (found === undefined) throw new TypeError('SubmitConfigSourceResponse is missing in its own file');
  // The descriptor was built right here with exactly the fields of SubmitResponse.
  return found as GenMessage<SubmitResponse>;
}

function serviceOf(registry: FileRegistry): typeof ServiceManager {
  const found = registry.getService(ServiceManager.typeName);
  if (found === undefined) throw new TypeError('ServiceManager is missing in its own file');
  // A copy of the public service: the same methods on messages of the same shapes.
  return found as unknown as typeof ServiceManager;
}
