import type { Service } from '../../gen/google/api/service_pb.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import { readMessage } from '../proto-input/read-message.ts';
import { baseName } from '../source/base-name.ts';
import type { SourceNode } from '../source/source-node.ts';
import { serviceRegistry } from '../to-json.ts';

/** Reads a document as a `google.api.Service`. Fields that it does not have and values that do not fit are errors. */
export function readService(root: SourceNode, context: CompileContext): Service {
  const location = baseName(root.source.path);
  return readMessage(ServiceSchema, withoutType(root), {
    origins: context.origins,
    location,
    registry: serviceRegistry,
    problem: (message, at, hint) =>
      context.diagnostics.error({ rule: 'not-a-service', location, message, hint, at }),
  });
}

/** `type` says what the document is and is no field of the message. */
function withoutType(root: SourceNode): SourceNode {
  if (root.kind !== 'mapping') return root;
  return { ...root, entries: new Map([...root.entries].filter(([key]) => key !== 'type')) };
}
