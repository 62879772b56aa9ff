import type { Policy } from '../gen/google/iam/v1/policy_pb.ts';

/** A policy and how often it was set; the revision is what etags are made from. */
export interface IamPolicyRecord {
  /** `projects/P`, `services/S`, `projects/P/serviceAccounts/E`. */
  readonly resource: string;
  /** Without an etag. */
  readonly policy: Policy;
  readonly revision: number;
}

/** IAM policies by full resource name. */
export interface IamPolicyStore {
  get(resource: string): Promise<IamPolicyRecord | undefined>;
  /**
   * Sets the policy and returns its new revision; undefined when `expectedRevision` is given and stale
   * (0 stands for "there is none yet").
   */
  put(resource: string, policy: Policy, expectedRevision?: number): Promise<number | undefined>;
  /** Names a member otherwise in every policy, raising their revisions; returns how many policies had it. */
  replaceMember(member: string, replacement: string): Promise<number>;
  /** Moves a policy to a name that has none, raising its revision; false when there is none to move. */
  rename(resource: string, newName: string): Promise<boolean>;
  /** Deletes the policy of the resource and those below it (`resource/…`); returns how many. */
  deleteTree(resource: string): Promise<number>;
}
