import type { DescriptorProto } from '@bufbuild/protobuf/wkt';

import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';
import { nameHint } from '../diagnostics/name-hint.ts';
import { typeUrlPrefix } from '../emit/type-use.ts';
import { withoutDot } from './check-descriptors.ts';
import type { Descriptors } from './descriptors.ts';
import { toEnum } from './to-enum.ts';
import { toType } from './to-type.ts';

/**
 * Describes the types that the methods of a service use, and those that they contain, sorted by name. Types and enums
 * that the document names are described too; those whose fields stand in the document are kept. Changes `service`.
 */
export function describeTypes(service: Service, descriptors: Descriptors, context: CompileContext): void {
  const { messages, enums } = descriptors.names;
  const ownTypes = service.types.filter(({ fields }) => fields.length > 0);
  const ownEnums = service.enums.filter(({ enumvalue }) => enumvalue.length > 0);
  const reached = reachTypes(rootsOf(service, descriptors, context), descriptors);
  const skipped = new Set([...ownTypes, ...ownEnums].map(({ name }) => name));
  const wanted = [...reached].filter((name) => !skipped.has(name));
  service.types = [
    ...ownTypes,
    ...wanted
      .flatMap((name) => messages.get(name) ?? [])
      .map((message) => toType(message, descriptors, context)),
  ].sort(byName);
  service.enums = [
    ...ownEnums,
    ...wanted.flatMap((name) => enums.get(name) ?? []).map((item) => toEnum(item, descriptors, context)),
  ].sort(byName);
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function rootsOf(service: Service, descriptors: Descriptors, context: CompileContext): string[] {
  const { messages, enums } = descriptors.names;
  const used = service.apis.flatMap((api) =>
    api.methods.flatMap(({ requestTypeUrl, responseTypeUrl }) => [
      requestTypeUrl.slice(typeUrlPrefix.length),
      responseTypeUrl.slice(typeUrlPrefix.length),
    ]),
  );
  const namedTypes = service.types.filter(({ fields }) => fields.length === 0);
  const namedEnums = service.enums.filter(({ enumvalue }) => enumvalue.length === 0);
  for (const type of namedTypes)
    if (!messages.has(type.name)) reportMissing('Type', type, messages.keys(), context);
  for (const item of namedEnums)
    if (!enums.has(item.name)) reportMissing('Enum', item, enums.keys(), context);
  return [...used, ...namedTypes.map(({ name }) => name), ...namedEnums.map(({ name }) => name)];
}

function reportMissing(
  what: string,
  named: { readonly name: string },
  known: Iterable<string>,
  context: CompileContext,
): void {
  const origin = context.origins.of(named);
  context.diagnostics.error({
    rule: 'type-missing',
    location: origin?.location ?? toplevelLocation,
    message: `${what} '${named.name}' is not defined in the submitted descriptors.`,
    hint: nameHint(named.name, known),
    at: origin?.place,
  });
}

/** Names of the messages and enums that can be reached through fields. */
function reachTypes(roots: readonly string[], { names }: Descriptors): ReadonlySet<string> {
  const reached = new Set(roots);
  // The set grows while it is walked.
  for (const name of reached) {
    const proto: DescriptorProto | undefined = names.messages.get(name)?.proto;
    for (const field of proto?.field ?? [])
      if (field.typeName !== '') reached.add(withoutDot(field.typeName));
  }
  return reached;
}
