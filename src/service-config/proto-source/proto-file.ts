import type { DescMessage } from '@bufbuild/protobuf';
import type {
  FieldDescriptorProto,
  FileDescriptorProto,
  MethodDescriptorProto,
} from '@bufbuild/protobuf/wkt';

import type { SourcePlace } from '../source/source-node.ts';
import type { SourceText } from '../source/source-text.ts';

/** A parsed file: its descriptor as far as the file alone tells, and what is left to be linked. */
export interface ProtoFile {
  readonly proto: FileDescriptorProto;
  readonly source: SourceText;
  readonly imports: readonly ImportStatement[];
  readonly references: readonly TypeReference[];
  readonly options: readonly OptionStatement[];
}

export interface ImportStatement {
  readonly path: string;
  readonly place: SourcePlace;
}

/** A name of a type as written, to be replaced by the full one. */
export interface TypeReference {
  readonly name: string;
  readonly place: SourcePlace;
  /** Names of the messages around it, outermost first, joined by dots; '' at the top level of the file. */
  readonly scope: string;
  readonly use:
    | { readonly kind: 'field'; readonly field: FieldDescriptorProto }
    | { readonly kind: 'extendee'; readonly field: FieldDescriptorProto }
    | { readonly kind: 'input' | 'output'; readonly method: MethodDescriptorProto };
}

/** `option (google.api.http).get = "/v1";`, or the same in brackets behind a field. */
export interface OptionStatement {
  /** What the option is of: an object with an `options` message of `schema`. */
  readonly target: { options?: unknown };
  readonly schema: DescMessage;
  readonly scope: string;
  readonly name: readonly OptionNamePart[];
  readonly value: OptionValue;
  readonly place: SourcePlace;
}

export interface OptionNamePart {
  readonly text: string;
  /** Whether it stood in parentheses: the name of an extension. */
  readonly isExtension: boolean;
}

/** A constant, or a message in text format. */
export type OptionValue = (
  | { readonly kind: 'identifier'; readonly text: string }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly bytes: Uint8Array }
  | { readonly kind: 'aggregate'; readonly entries: readonly AggregateEntry[] }
) & { readonly offset: number };

/** One field of a message in text format. A list of values stands for the field being there several times. */
export interface AggregateEntry {
  readonly name: OptionNamePart;
  readonly values: readonly OptionValue[];
  readonly offset: number;
}
