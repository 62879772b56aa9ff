import { FieldDescriptorProto_Type as FieldType } from '@bufbuild/protobuf/wkt';
import type { DescriptorProto, FieldDescriptorProto, FileDescriptorProto } from '@bufbuild/protobuf/wkt';

import type { CompileContext } from '../context.ts';
import { join } from './descriptors.ts';
import type { DescriptorNames } from './descriptors.ts';

/** Checks what a descriptor set made by protoc always holds: every type that is referred to is there, and is of its kind. */
export function checkDescriptors(
  files: readonly FileDescriptorProto[],
  names: DescriptorNames,
  context: CompileContext,
): void {
  for (const file of files) {
    const report = (rule: string, message: string): void =>
      context.diagnostics.error({ rule, location: file.name, message });
    if (file.package !== '' && !packagePattern.test(file.package))
      report('descriptor-invalid', `The package '${file.package}' of '${file.name}' is no name.`);
    const checkField = (scope: string, field: FieldDescriptorProto): void => {
      const missing = missingType(field, names);
      if (missing !== undefined)
        report('type-missing', `The type '${missing}' of field '${join(scope, field.name)}' is not defined.`);
    };
    const checkMessage = (scope: string, proto: DescriptorProto): void => {
      const name = join(scope, proto.name);
      for (const field of [...proto.field, ...proto.extension]) checkField(name, field);
      for (const nested of proto.nestedType) checkMessage(name, nested);
    };
    for (const proto of file.messageType) checkMessage(file.package, proto);
    for (const field of file.extension) checkField(file.package, field);
    for (const service of file.service) {
      for (const method of service.method) {
        for (const type of [method.inputType, method.outputType]) {
          if (names.messages.has(withoutDot(type))) continue;
          const name = `${join(file.package, service.name)}.${method.name}`;
          report('type-missing', `The type '${type}' of method '${name}' is not defined.`);
        }
      }
    }
  }
}

const packagePattern = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;

function missingType(field: FieldDescriptorProto, names: DescriptorNames): string | undefined {
  switch (field.type) {
    case FieldType.MESSAGE:
    case FieldType.GROUP:
      return names.messages.has(withoutDot(field.typeName)) ? undefined : field.typeName;
    case FieldType.ENUM:
      return names.enums.has(withoutDot(field.typeName)) ? undefined : field.typeName;
    default:
      return field.typeName === '' ? undefined : field.typeName;
  }
}

/** Full name of a reference: compilers write `.pkg.Type`. A reference without the dot would depend on where it stands. */
export function withoutDot(reference: string): string {
  return reference.startsWith('.') ? reference.slice(1) : '';
}
