/** Why the database could not be used at the start. */
export type DatabaseStartCode =
  | 'folder_in_use'
  | 'folder_unusable'
  | 'platform_unsupported'
  | 'embedded_failed'
  | 'unreachable'
  | 'password_refused'
  | 'database_unknown'
  | 'not_postgres'
  | 'too_old'
  | 'may_not'
  | 'migration_changed'
  | 'migration_failed'
  | 'database_newer'
  | 'not_migrated'
  | 'role_unsafe'
  | 'table_unsafe';

/** One line for the operator with the next step: shown without a stack, and never with a secret in it. */
export class DatabaseStartError extends Error {
  override readonly name = 'DatabaseStartError';
  readonly code: DatabaseStartCode;
  constructor(code: DatabaseStartCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
