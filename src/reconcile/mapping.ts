// What Entra's values make of an app user's fields. No clock, no database: the same input gives the same plan, so a preview
// and a run cannot differ.
import type { Mapping, TargetField } from '../contract/settings.ts';
import { findFieldProblem } from '../contract/field-value.ts';

/** Values by Graph's attribute name; empty ones absent. `manager` is the manager's display name. */
export type SourceValues = Readonly<Record<string, string | undefined>>;
/** Values by target field; empty ones absent. */
export type FieldValues = Readonly<Record<string, string | undefined>>;

export interface FieldChange {
  field: TargetField;
  before: string | null;
  after: string | null;
}
export interface FieldIssue {
  field: TargetField;
  code: 'value_too_long' | 'value_invalid';
}
export interface FieldPlan {
  changes: FieldChange[];
  issues: FieldIssue[];
}

/**
 * The changes that the mappings ask for. A field without a mapping never changes (I3), no value is emptied unless the rule
 * says `clear` (I5), and a value that the app cannot hold is reported and leaves the field as it is (F36).
 */
export function planFields(mappings: readonly Mapping[], source: SourceValues, fields: FieldValues): FieldPlan {
  const plan: FieldPlan = { changes: [], issues: [] };
  for (const mapping of mappings) {
    const before = fields[mapping.target] ?? null;
    const value = source[mapping.source] ?? '';
    if (value === '') {
      if (mapping.empty === 'clear' && before !== null && mapping.write === 'always') {
        plan.changes.push({ field: mapping.target, before, after: null });
      }
      continue;
    }
    if (value === before || (mapping.write === 'when_empty' && before !== null)) continue;
    const code = problemOf(mapping.target, value);
    if (code) plan.issues.push({ field: mapping.target, code });
    else plan.changes.push({ field: mapping.target, before, after: value });
  }
  return plan;
}

function problemOf(field: TargetField, value: string): FieldIssue['code'] | null {
  const problem = findFieldProblem(field, value);
  if (problem === undefined) return null;
  return problem === 'too_long' ? 'value_too_long' : 'value_invalid';
}
