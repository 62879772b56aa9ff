import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';
import { readService } from '../grpc/read-service.ts';
import type { InputDocument, Inputs } from '../inputs/load-inputs.ts';
import { child, stringOf } from '../source/source-node.ts';
import { completeNormalised } from './compile-service.ts';

/**
 * Whether a document of no declared kind is a whole config: as gcloud does, one that has a `name`. A parameter of
 * OpenAPI has one too, so this counts only where there is no other document.
 */
export function isNormalised({ kind, root }: InputDocument): boolean {
  return kind === 'fragment' && stringOf(child(root, 'name')) !== undefined;
}

/**
 * Reads a normalised `google.api.Service` from JSON or YAML. It is taken as it stands: nothing is added but the producer
 * project, and what a config compiled here looks like comes out as it went in. Wildcard selectors are expanded, for the
 * proxies know none.
 */
export function compileNormalised(inputs: Inputs, context: CompileContext): Service | undefined {
  const [document, ...others] = inputs.documents;
  const other = others[0];
  if (document === undefined || other !== undefined) {
    const message = `A normalised service config stands alone; ${inputs.documents.length} documents were submitted.`;
    const hint = 'Documents with type: google.api.Service may be several.';
    context.diagnostics.error({
      rule: 'normalised-alone',
      location: toplevelLocation,
      message,
      hint,
      at: other?.root,
    });
    return undefined;
  }
  const service = readService(document.root, context);
  return context.diagnostics.hasErrors ? undefined : completeNormalised(service, context);
}
