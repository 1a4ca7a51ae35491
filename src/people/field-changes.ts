// What a person typed into the fields of an app user, made fit to be stored, or refused with the fields named.
import { AppError } from '../contract/errors.ts';
import type { TargetField } from '../contract/settings.ts';
import { findFieldProblem } from '../contract/field-value.ts';

/** By target field; null clears. */
export type FieldChanges = Record<string, string | null>;

export function cleanFields(given: Readonly<Partial<Record<TargetField, string | null>>>): FieldChanges {
  const changes: FieldChanges = {};
  const wrong: { path: string; message: string }[] = [];
  for (const [field, raw] of Object.entries(given)) {
    const value = raw?.trim().normalize('NFC') ?? '';
    const problem = value === '' ? undefined : findFieldProblem(field, value);
    if (problem) wrong.push({ path: `fields.${field}`, message: problem });
    else changes[field] = value === '' ? null : value;
  }
  if (wrong.length === 0) return changes;
  const onlyEmail = wrong.every(({ message }) => message === 'email_invalid');
  throw new AppError(onlyEmail ? 'email_invalid' : 'invalid_input', { fields: wrong });
}

const naming = ['displayName', 'firstName', 'lastName', 'email'];

/** Somebody without a name or an address could not be found again. */
export function requireName(fields: Readonly<Record<string, string>>): void {
  if (naming.some((field) => fields[field])) return;
  throw new AppError('invalid_input', { fields: [{ path: 'fields.displayName', message: 'missing' }] });
}
