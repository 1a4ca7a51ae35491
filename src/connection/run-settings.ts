// What a run works with: read once at its start, under one version, and compared again before it commits.
import type { Draft } from '../contract/api-preview.ts';
import { AppError } from '../contract/errors.ts';
import type { Mapping } from '../contract/settings.ts';
import type { Tx } from '../db/transaction.ts';
import { listMappings } from './mappings.ts';

export interface RunSettings {
  id: string;
  tenantId: string;
  status: 'configuring' | 'active' | 'blocked' | 'off';
  settingsVersion: number;
  scope: 'all' | 'groups' | null;
  groupIds: string[];
  includeGuests: boolean;
  includeDisabled: boolean;
  mappings: Mapping[];
  mode: 'manual' | 'daily' | null;
  /** Not what is saved: nothing may be applied by it. */
  isDraft: boolean;
}

/** What is saved, with what is not laid over it. */
export function withDraft(saved: RunSettings, draft: Draft | null): RunSettings {
  if (draft === null) return saved;
  const { groups, fields } = draft;
  return {
    ...saved,
    ...(groups && {
      scope: groups.scope,
      groupIds: groups.groups.map(({ id }) => id).toSorted(),
      includeGuests: groups.includeGuests,
      includeDisabled: groups.includeDisabled,
    }),
    ...(fields && { mappings: fields.mappings }),
    isDraft: true,
  };
}

export async function getRunSettings(tx: Tx, organisationId: string, connectionId: string): Promise<RunSettings> {
  const row = await tx
    .selectFrom('connection')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .where('id', '=', connectionId)
    .executeTakeFirst();
  if (!row) throw new AppError('not_connected');
  const groups = await tx
    .selectFrom('connection_group')
    .select('group_id')
    .where('organisation_id', '=', organisationId)
    .where('connection_id', '=', connectionId)
    .orderBy('group_id')
    .execute();
  return {
    id: row.id,
    tenantId: row.tenant_id,
    // The three are held to these words by the table's checks.
    status: row.status as RunSettings['status'],
    settingsVersion: row.settings_version,
    scope: row.scope as RunSettings['scope'],
    groupIds: groups.map((group) => group.group_id),
    includeGuests: row.include_guests,
    includeDisabled: row.include_disabled,
    mappings: await listMappings(tx, organisationId, connectionId),
    mode: row.mode as RunSettings['mode'],
    isDraft: false,
  };
}
