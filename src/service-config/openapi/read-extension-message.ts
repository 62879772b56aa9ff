import type { DescMessage, MessageShape } from '@bufbuild/protobuf';

import { readMessage } from '../proto-input/read-message.ts';
import type { SourceNode } from '../source/source-node.ts';
import { namedLocation } from './openapi-document.ts';
import type { OpenapiDocument } from './openapi-document.ts';

/** Reads the value of an extension as a message of the service config; whatever does not fit is an error. */
export function readExtensionMessage<Desc extends DescMessage>(
  document: OpenapiDocument,
  name: string,
  schema: Desc,
  node: SourceNode,
): MessageShape<Desc> {
  const location = namedLocation(document, name);
  return readMessage(schema, node, {
    origins: document.context.origins,
    location,
    problem: (details, at, hint) =>
      document.context.diagnostics.error({
        rule: 'extension-not-convertible',
        location,
        message: `Extension ${name} cannot be converted into proto type ${schema.typeName}. Details: ${details}`,
        hint,
        at,
      }),
  });
}
