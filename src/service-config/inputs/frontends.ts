import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';
import { compileGrpc } from '../grpc/compile-grpc.ts';
import { compileNormalised, isNormalised } from '../normalised/compile-normalised.ts';
import { compileOpenapi2 } from '../openapi2/compile-openapi2.ts';
import { compileOpenapi3 } from '../openapi3/compile-openapi3.ts';
import type { MappingNode, SourceNode } from '../source/source-node.ts';
import type { InputDocument, Inputs } from './load-inputs.ts';

/**
 * Compiles inputs of one kind. Reports what is wrong to `context.diagnostics`; the service it returns counts only when
 * nothing was.
 */
export type Frontend = (inputs: Inputs, context: CompileContext) => Service | undefined;

/** Picks the frontend for what was submitted. Mixed or missing input is reported and has none. */
export function selectFrontend(inputs: Inputs, context: CompileContext): Frontend | undefined {
  const kinds = new Set(inputs.documents.map(({ kind }) => kind));
  const hasProtobuf = inputs.descriptors.length > 0 || inputs.protos.length > 0 || kinds.has('service');
  const found = [
    ...(kinds.has('openapi2') ? ['OpenAPI 2.0'] : []),
    ...(kinds.has('openapi3') ? ['OpenAPI 3.x'] : []),
    ...(hasProtobuf ? ['google.api.Service'] : []),
  ];
  if (found.length > 1) return reportMixed(found, inputs, context);
  if (kinds.has('openapi2')) return openapi2Frontend;
  if (kinds.has('openapi3')) return openapi3Frontend;
  if (hasProtobuf) return compileGrpc;
  if (inputs.documents.some(isNormalised)) return compileNormalised;
  context.diagnostics.error({
    rule: 'no-spec',
    location: toplevelLocation,
    // The first half is Service Management's, which takes more kinds than it says.
    message:
      'Cannot find a valid OpenAPI 2.0 spec in the input files, nor one of OpenAPI 3.x, nor a google.api.Service',
    hint: 'At the top level, write swagger: "2.0", openapi: 3.0.4 or 3.1.1, or type: google.api.Service; a whole config has a name.',
    at: inputs.documents[0]?.root,
  });
  return undefined;
}

const openapi2Frontend: Frontend = (inputs, context) => compileOpenapi2(rootsOf(inputs, 'openapi2'), context);

const openapi3Frontend: Frontend = (inputs, context) => compileOpenapi3(rootsOf(inputs, 'openapi3'), context);

function rootsOf(inputs: Inputs, kind: InputDocument['kind']): MappingNode[] {
  const roots = inputs.documents.filter((document) => document.kind === kind).map(({ root }) => root);
  return roots.filter((root) => root.kind === 'mapping');
}

function reportMixed(found: readonly string[], inputs: Inputs, context: CompileContext): undefined {
  context.diagnostics.error({
    rule: 'mixed-inputs',
    location: toplevelLocation,
    message: `Ambiguous input. Found ${found.join(' and ')} in one set of files.`,
    hint: 'Submit documents of one kind; one service has one format.',
    at: firstTopLevel(inputs),
  });
}

function firstTopLevel(inputs: Inputs): SourceNode | undefined {
  return inputs.documents.find((document: InputDocument) => document.kind !== 'fragment')?.root;
}
