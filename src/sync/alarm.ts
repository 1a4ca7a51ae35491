// What only the operator of the server can look into, as errors in the log: an organisation that meets it is told that they know.
// That Microsoft takes none of the credentials is told where tokens are asked for (src/graph/graph.ts).
import type { Logger } from '../base/log.ts';
import { AppError } from '../contract/errors.ts';
import { isStorageFull } from '../db/lost.ts';
import { GraphFailure } from '../graph/failures.ts';

export function alarmOperator(log: Logger, error: unknown, of: { organisation: string; run?: string }): void {
  if (isStorageFull(error)) {
    log.error('The disk of the database is full: runs fail, and nothing can be saved, until there is room', of);
  }
  if (error instanceof AppError && error.code === 'run_unsafe') {
    log.error('A run would have broken what must always be true, and was rolled back. Please report it', {
      ...of,
      code: String(error.detail.params?.['invariant'] ?? ''),
    });
  }
  if (!(error instanceof GraphFailure)) return;
  if (error.code === 'graph_foreign_link') {
    log.error('Microsoft Graph led to an unexpected address. Nothing was sent there, and no night asks again', of);
  }
  if (error.code === 'graph_credentials_refused' && error.graphCode !== 'invalid_client') {
    log.error('Microsoft Graph does not take the tokens of the app registration', of);
  }
}
