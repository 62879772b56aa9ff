import { Secret } from '../../core/secret.ts';
import type { SettingStore } from '../settings.ts';
import type { SqliteContext } from './sqlite-context.ts';

export interface SettingTables {
  readonly settings: { readonly name: string; readonly value_sealed: Uint8Array };
}

/** {@link SettingStore} on SQLite. */
export function createSettings({ db, box }: SqliteContext): SettingStore {
  const seal = (name: string, value: Secret): Uint8Array => box.seal(place(name), value.reveal());
  const get = async (name: string): Promise<Secret | undefined> => {
    const row = await db.selectFrom('settings').selectAll().where('name', '=', name).executeTakeFirst();
    return row && new Secret(box.open(place(name), row.value_sealed).toString());
  };
  return {
    get,
    async put(name, value) {
      const value_sealed = seal(name, value);
      await db
        .insertInto('settings')
        .values({ name, value_sealed })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value_sealed }))
        .execute();
    },
    async putIfAbsent(name, value) {
      await db
        .insertInto('settings')
        .values({ name, value_sealed: seal(name, value) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return (await get(name)) ?? value;
    },
  };
}

function place(name: string): string {
  return `settings/${name}`;
}
