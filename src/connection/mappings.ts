// The stored mappings of a connection, parsed at the border: a row that the contract does not know is a mistake of ours.
import { mappingSchema, type Mapping } from '../contract/settings.ts';
import type { Tx } from '../db/transaction.ts';

export async function listMappings(tx: Tx, organisationId: string, connectionId: string): Promise<Mapping[]> {
  const rows = await tx
    .selectFrom('attribute_mapping')
    .select(['source', 'target', 'write_rule as write', 'empty_rule as empty'])
    .where('organisation_id', '=', organisationId)
    .where('connection_id', '=', connectionId)
    .orderBy('position')
    .orderBy('target')
    .execute();
  return rows.map((row) => mappingSchema.parse(row));
}
