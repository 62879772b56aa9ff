import { clone, create, createFileRegistry } from '@bufbuild/protobuf';
import type { DescFile, Message } from '@bufbuild/protobuf';
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
  SubmitConfigSourceResponseSchema,
} from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';

/** Far from any number that the public contract may come to use. */
const diagnosticsFieldNumber = 50_000;

/** SubmitConfigSourceResponse with the field that Google's server sends and Google's published proto lacks. */
export type SubmitResponse = Message<'google.api.servicemanagement.v1.SubmitConfigSourceResponse'> & {
  serviceConfig?: Service;
  diagnostics: Diagnostic[];
};

/**
 * Describes {@link SubmitResponse}. It bears the public type's name and is a superset of it on the wire, so it
 * goes into `Operation.response` as the public type; the registry that prints JSON must hold this one instead of
 * the public one, for gcloud to find `diagnostics`.
 */
export const SubmitResponseSchema: GenMessage<SubmitResponse> = extend();

function extend(): GenMessage<SubmitResponse> {
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
  const found = createFileRegistry(file, (name) => dependencies.get(name)).getMessage(
    SubmitConfigSourceResponseSchema.typeName,
  );
  if (found === undefined) throw new TypeError('SubmitConfigSourceResponse is missing in its own file');
  // The descriptor was built right here with exactly the fields of SubmitResponse.
  return found as GenMessage<SubmitResponse>;
}
