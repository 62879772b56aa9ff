import type { Service } from '../../gen/google/api/service_pb.ts';

/** What a rule found, on a message of the config or on the config as a whole. */
export interface RuleFinding {
  readonly message: string;
  /** Message of the config that the finding is about: its place in the files is looked up. */
  readonly on?: object | undefined;
  readonly hint?: string | undefined;
  /** Location text, when not the rule's. `origin` takes the text that the reader noted for `on`. */
  readonly location?: 'origin' | undefined;
}

/** Takes the findings of one rule. */
export interface RuleReport {
  error(finding: RuleFinding): void;
  warning(finding: RuleFinding): void;
}

/** One check of a finished config, whatever input it came from. Pure: reads the config, reports, changes nothing. */
export interface ServiceRule {
  /** Stable kebab-case name. */
  readonly name: string;
  /** Service Management's location text for findings of this rule. */
  readonly location: 'toplevel' | 'unknown location';
  check(service: Service, report: RuleReport): void;
}
