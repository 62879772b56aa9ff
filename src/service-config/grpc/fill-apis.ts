import { create } from '@bufbuild/protobuf';
import {
  MethodOptionsSchema,
  MethodSchema,
  ServiceOptionsSchema,
  SourceContextSchema,
  Syntax,
} from '@bufbuild/protobuf/wkt';
import type {
  Api,
  FileDescriptorProto,
  Method,
  MethodDescriptorProto,
  ServiceDescriptorProto,
} from '@bufbuild/protobuf/wkt';

import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';
import { listNames } from '../diagnostics/name-hint.ts';
import { typeUrlPrefix } from '../emit/type-use.ts';
import { nearestName } from '../../core/nearest-name.ts';
import { withoutDot } from './check-descriptors.ts';
import type { Defined, Descriptors } from './descriptors.ts';
import { toOptions } from './to-options.ts';

/**
 * Gives the listed APIs the methods that the descriptors define. An API whose methods stand in the document is taken as
 * it is. An API that is nowhere defined is an error, and so is a service without any. Changes `service`.
 */
export function fillApis(service: Service, descriptors: Descriptors, context: CompileContext): void {
  const { services } = descriptors.names;
  if (service.apis.length === 0) reportNone([...services.keys()], service, context);
  for (const api of service.apis) {
    if (api.methods.length > 0) continue;
    const defined = services.get(api.name);
    if (defined === undefined) reportMissing(api, [...services.keys()], context);
    else fillApi(api, defined, descriptors, context);
  }
}

function fillApi(
  api: Api,
  { proto, file }: Defined<ServiceDescriptorProto>,
  descriptors: Descriptors,
  context: CompileContext,
): void {
  const syntax = syntaxOf(file);
  api.methods = proto.method.map((method) => toMethod(method, syntax, descriptors, context));
  api.options.push(...toOptions(ServiceOptionsSchema, proto.options, descriptors, context));
  api.sourceContext ??= create(SourceContextSchema, { fileName: file.name });
  if (api.version === '') api.version = apiVersion(file.package);
  api.syntax = syntax;
}

function toMethod(
  proto: MethodDescriptorProto,
  syntax: Syntax,
  descriptors: Descriptors,
  context: CompileContext,
): Method {
  return create(MethodSchema, {
    name: proto.name,
    requestTypeUrl: typeUrlPrefix + withoutDot(proto.inputType),
    requestStreaming: proto.clientStreaming,
    responseTypeUrl: typeUrlPrefix + withoutDot(proto.outputType),
    responseStreaming: proto.serverStreaming,
    options: toOptions(MethodOptionsSchema, proto.options, descriptors, context),
    syntax,
  });
}

/** Version of an API: the last piece of its package that looks like one, `v1` without any. */
export function apiVersion(packageName: string): string {
  return (
    packageName
      .split('.')
      .findLast((piece) => /^v\d+(?:p\d+)?(?:(?:alpha|beta|eap|test)\d*)?$/.test(piece)) ?? 'v1'
  );
}

/** Syntax of a file as `google.protobuf.Api` and `Type` say it. */
export function syntaxOf(file: FileDescriptorProto): Syntax {
  if (file.syntax === 'proto3') return Syntax.PROTO3;
  return file.syntax === 'editions' ? Syntax.EDITIONS : Syntax.PROTO2;
}

function reportMissing(api: Api, known: readonly string[], context: CompileContext): void {
  const origin = context.origins.of(api);
  const nearest = nearestName(api.name, known);
  context.diagnostics.error({
    rule: 'api-missing',
    location: origin?.location ?? toplevelLocation,
    message:
      api.name === ''
        ? 'An entry of apis has no name.'
        : `API '${api.name}' is not defined in the submitted descriptors.`,
    hint: nearest === undefined ? listing(known) : `Did you mean '${nearest}'?`,
    at: origin?.place,
  });
}

function reportNone(known: readonly string[], service: Service, context: CompileContext): void {
  const message = 'The service config lists no APIs; nothing would be served.';
  const at = context.origins.of(service)?.place;
  context.diagnostics.error({
    rule: 'apis-missing',
    location: toplevelLocation,
    message,
    hint: listing(known),
    at,
  });
}

function listing(known: readonly string[]): string {
  if (known.length === 0) return 'The submitted descriptors define no services.';
  return `The descriptors define ${listNames(known)}.`;
}
