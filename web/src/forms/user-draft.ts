// An app user while it is being edited: texts by field, permissions and teams; and what differs from what is saved.
import type { AppUser } from '../../../src/contract/api-people.ts';
import type { Permission } from '../../../src/contract/permissions.ts';
import type { TargetField } from '../../../src/contract/settings.ts';

export interface UserDraft {
  fields: Partial<Record<TargetField, string>>;
  permissions: readonly Permission[];
  teamIds: readonly string[];
}

export interface UserChanges {
  /** null clears a field. */
  fields?: Partial<Record<TargetField, string | null>>;
  permissions?: Permission[];
  teamIds?: string[];
}

export const emptyDraft: UserDraft = { fields: {}, permissions: [], teamIds: [] };

export function draftOf({ fields, permissions, teamIds }: AppUser): UserDraft {
  return { fields, permissions, teamIds };
}

export function changesOf(saved: UserDraft, draft: UserDraft): UserChanges {
  const changes: UserChanges = {};
  const fields: Partial<Record<TargetField, string | null>> = {};
  for (const field of namesOf(draft.fields)) {
    const value = draft.fields[field]?.trim() ?? '';
    if (value !== (saved.fields[field] ?? '')) fields[field] = value === '' ? null : value;
  }
  if (namesOf(fields).length > 0) changes.fields = fields;
  if (!sameSet(saved.permissions, draft.permissions)) changes.permissions = [...draft.permissions];
  if (!sameSet(saved.teamIds, draft.teamIds)) changes.teamIds = [...draft.teamIds];
  return changes;
}

export function hasChanges(changes: UserChanges): boolean {
  return Object.keys(changes).length > 0;
}

/** The fields of a new user; the display name is made of first and last name when it is left empty. */
export function filledFields({ fields }: UserDraft): Partial<Record<TargetField, string>> {
  const filled: Partial<Record<TargetField, string>> = {};
  for (const field of namesOf(fields)) {
    const value = fields[field]?.trim() ?? '';
    if (value !== '') filled[field] = value;
  }
  const name = [filled.firstName, filled.lastName].filter((part) => part !== undefined).join(' ');
  if (filled.displayName === undefined && name !== '') filled.displayName = name;
  return filled;
}

export function namesOf<T>(fields: Partial<Record<TargetField, T>>): TargetField[] {
  return Object.keys(fields) as TargetField[]; // the record's keys are its only keys
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item) => other.includes(item));
}
