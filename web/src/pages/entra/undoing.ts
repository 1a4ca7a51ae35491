// What is taken back, and for whom.
import type { UndoKind } from '../../../../src/contract/api-undo.ts';

export interface Undoing {
  organisationId: string;
  kind: UndoKind;
  /** Of the run, the audit event or the undo. */
  id: string;
  /** Null: for everybody. */
  appUserId: string | null;
}
