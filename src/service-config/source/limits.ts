/** What a set of submitted files, and the config that they make, may cost. Everything above is refused. */
export interface SourceLimits {
  /** Bytes of one file. */
  readonly maxFileBytes: number;
  /** Tokens of a YAML file that needs the complete parser, which is an order of magnitude dearer. */
  readonly maxComplexYamlTokens: number;
  /** Bytes of all files together. */
  readonly maxTotalBytes: number;
  readonly maxFiles: number;
  /** Mappings and sequences inside one another. */
  readonly maxDepth: number;
  /** Alias nodes (`*name`) of one YAML file; Service Management allows 200. */
  readonly maxAliases: number;
  /** Values of all files with every alias counted as often as it is used: what stops a YAML bomb. */
  readonly maxExpandedNodes: number;
  /** Steps from one `$ref` to the next until a value is found. */
  readonly maxReferenceHops: number;
  /** Security schemes and form fields of all operations, shared ones counted for each operation. */
  readonly maxSharedValues: number;
  /** Size of the config, about that of its JSON: hosts, versions and base paths go into every rule. */
  readonly maxConfigChars: number;
}

/** The limits in force. A spec of 10,000 operations is about 10 MiB. */
export const defaultSourceLimits: SourceLimits = {
  maxFileBytes: 16 * 1024 * 1024,
  maxComplexYamlTokens: 400_000,
  maxTotalBytes: 32 * 1024 * 1024,
  maxFiles: 100,
  maxDepth: 100,
  maxAliases: 200,
  maxExpandedNodes: 2_000_000,
  maxReferenceHops: 100,
  maxSharedValues: 500_000,
  maxConfigChars: 64 * 1024 * 1024,
};
