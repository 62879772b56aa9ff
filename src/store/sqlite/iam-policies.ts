import { fromJsonString, toJsonString } from '@bufbuild/protobuf';
import { PolicySchema } from '../../gen/google/iam/v1/policy_pb.ts';
import type { IamPolicyStore } from '../iam-policies.ts';
import type { SqliteContext } from './sqlite-context.ts';

interface IamPolicyRow {
  readonly resource: string;
  readonly policy: string;
  readonly revision: number;
}

export interface IamPolicyTables {
  readonly iam_policies: IamPolicyRow;
}

/** {@link IamPolicyStore} on SQLite. */
export function createIamPolicies({ db }: SqliteContext): IamPolicyStore {
  return {
    async get(resource) {
      const row = await db
        .selectFrom('iam_policies')
        .selectAll()
        .where('resource', '=', resource)
        .executeTakeFirst();
      return row && { ...row, policy: fromJsonString(PolicySchema, row.policy) };
    },
    async put(resource, policy, expectedRevision) {
      const text = toJsonString(PolicySchema, policy);
      const updated = await db
        .updateTable('iam_policies')
        .set((e) => ({ policy: text, revision: e('revision', '+', 1) }))
        .where('resource', '=', resource)
        .$if(expectedRevision !== undefined, (query) => query.where('revision', '=', expectedRevision ?? 0))
        .returning('revision')
        .executeTakeFirst();
      if (updated !== undefined) return updated.revision;
      if ((expectedRevision ?? 0) !== 0) return undefined;
      const inserted = await db
        .insertInto('iam_policies')
        .values({ resource, policy: text, revision: 1 })
        .onConflict((conflict) => conflict.doNothing())
        .returning('revision')
        .executeTakeFirst();
      return inserted?.revision;
    },
    async replaceMember(member, replacement) {
      const rows = await db
        .selectFrom('iam_policies')
        .selectAll()
        .where((e) => e(e.fn<number>('instr', ['policy', e.val(JSON.stringify(member))]), '>', 0))
        .execute();
      for (const { resource, policy } of rows) {
        const changed = fromJsonString(PolicySchema, policy);
        for (const binding of changed.bindings)
          binding.members = binding.members.map((each) => (each === member ? replacement : each));
        await db
          .updateTable('iam_policies')
          .set((e) => ({ policy: toJsonString(PolicySchema, changed), revision: e('revision', '+', 1) }))
          .where('resource', '=', resource)
          .execute();
      }
      return rows.length;
    },
    async rename(resource, newName) {
      const result = await db
        .updateTable('iam_policies')
        .set((e) => ({ resource: newName, revision: e('revision', '+', 1) }))
        .where('resource', '=', resource)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    async deleteTree(resource) {
      const below = `${resource}/`;
      const result = await db
        .deleteFrom('iam_policies')
        .where((e) =>
          e.or([
            e('resource', '=', resource),
            e(e.fn<string>('substr', ['resource', e.lit(1), e.lit(below.length)]), '=', below),
          ]),
        )
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
