// Whether the key of this server is the one that sealed what stands in this database (F69): one row that every key must open.
import { SealError, type SealContext, type Sealer } from '../base/seal.ts';
import type { Database } from './pool.ts';
import { outsideOrganisation } from './transaction.ts';

const context: SealContext = { organisation: 'server', table: 'server_key', column: 'sealed', row: 'check' };
const plain = 'samsyn';
const reason = 'the key of the server belongs to no organisation';

/** Whether a key has sealed something here already: then another one must not be made in its place. */
export async function hasServerKey(db: Database): Promise<boolean> {
  return outsideOrganisation(db, reason, async (tx) => {
    const row = await tx.selectFrom('server_key').select('name').executeTakeFirst();
    return row !== undefined;
  });
}

/**
 * True when the key opens what was sealed. The first key of a database is taken as its own; a new one that comes with the earlier
 * seals the row anew. With any other nothing is written.
 */
export async function fitsServerKey(db: Database, sealer: Sealer): Promise<boolean> {
  return outsideOrganisation(db, reason, async (tx) => {
    await tx
      .insertInto('server_key')
      .values({ name: 'check', sealed: sealer.seal(plain, context) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    // Locked: of two servers that start with the new key, one seals it.
    const { sealed } = await tx.selectFrom('server_key').select('sealed').forUpdate().executeTakeFirstOrThrow();
    try {
      sealer.open(sealed, context);
    } catch (error) {
      if (error instanceof SealError) return false;
      throw error;
    }
    if (!sealer.isCurrent(sealed))
      await tx
        .updateTable('server_key')
        .set({ sealed: sealer.seal(plain, context) })
        .execute();
    return true;
  });
}

/** The earlier key is lost for good: from now on this one is the key of the database. What the earlier one sealed stays closed. */
export async function takeServerKey(db: Database, sealer: Sealer): Promise<void> {
  await outsideOrganisation(db, reason, (tx) =>
    tx
      .insertInto('server_key')
      .values({ name: 'check', sealed: sealer.seal(plain, context) })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ sealed: sealer.seal(plain, context) }))
      .execute(),
  );
}
