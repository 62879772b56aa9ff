import { AsyncLocalStorage } from 'node:async_hooks';
import { Kysely } from 'kysely';
import type { KyselyPlugin } from 'kysely';
import type { SecretBox } from '../secret-box.ts';
import type { Store } from '../store.ts';
import { createAggregates } from './aggregates.ts';
import type { NodeSqliteDialect } from './node-sqlite-dialect.ts';
import type { SqliteContext } from './sqlite-context.ts';
import type { Tables } from './tables.ts';

/** What the store is made from; `release` runs after the database has closed. */
export interface SqliteStoreParts {
  readonly dialect: NodeSqliteDialect;
  readonly box: SecretBox;
  readonly release: () => void;
}

/** The store over one SQLite connection, which Kysely hands to one user at a time. */
export function createSqliteStore(parts: SqliteStoreParts): { store: Store; db: Kysely<Tables> } {
  const { box } = parts;
  const inTransaction = new AsyncLocalStorage<boolean>();
  const db = new Kysely<Tables>({ dialect: parts.dialect, plugins: [refuseInside(inTransaction)] });
  let closing: Promise<void> | undefined;
  const store: Store = {
    ...createAggregates({ db, box }),
    transaction(work) {
      refuse(inTransaction);
      return db
        .withoutPlugins()
        .transaction()
        .execute((tx) => inTransaction.run(true, () => work(joined({ db: tx, box }))));
    },
    close() {
      closing ??= close(db, parts.release);
      return closing;
    },
  };
  return { store, db };
}

/** The store inside a transaction. */
function joined(context: SqliteContext): Store {
  const tx: Store = {
    ...createAggregates(context),
    transaction: (work) => work(tx),
    close: () => Promise.reject(new TypeError('a transaction cannot close its store')),
  };
  return tx;
}

/** A query on the outer store would wait for the connection that its own transaction holds: for ever. */
function refuseInside(inTransaction: AsyncLocalStorage<boolean>): KyselyPlugin {
  return {
    transformQuery({ node }) {
      refuse(inTransaction);
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  };
}

function refuse(inTransaction: AsyncLocalStorage<boolean>): void {
  if (inTransaction.getStore() === true)
    throw new TypeError('use the transaction that is open, not the store around it');
}

/** Waits for its turn behind what runs, so that nobody's transaction is cut off. */
async function close(db: Kysely<Tables>, release: () => void): Promise<void> {
  try {
    await db.connection().execute(() => Promise.resolve());
    await db.destroy();
  } finally {
    release();
  }
}
