// The saved attribute mappings, for values that an action writes at once.
import type { Mapping } from '../contract/settings.ts';
import { mappingSchema } from '../contract/settings.ts';
import type { Tx } from '../db/transaction.ts';
import type { Connected } from './connected.ts';

export async function listMappingsOf(tx: Tx, of: Connected): Promise<Mapping[]> {
  const rows = await tx
    .selectFrom('attribute_mapping')
    .select(['source', 'target', 'write_rule', 'empty_rule'])
    .where('organisation_id', '=', of.organisationId)
    .where('connection_id', '=', of.connectionId)
    .orderBy('position')
    .execute();
  return rows.map((row) =>
    mappingSchema.parse({ source: row.source, target: row.target, write: row.write_rule, empty: row.empty_rule }),
  );
}
