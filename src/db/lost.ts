// What an error of the database says of the database, rather than of the statement: that it is away, that its disk is full, that
// somebody else was in the way. Trying again later helps.

const lostCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Connection exceptions (class 08), a server that stops or starts (57P0x), no connection left (53300), and the network. */
export function isDatabaseLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (/^(08...|57P0[123]|53300)$/.test(code) || lostCodes.has(code)) return true;
  // The socket of a server that is not running.
  if (code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect') return true;
  // 'Not queryable' is what a statement meets that comes after the one that found the connection gone, as a rollback does.
  return /^Connection terminated|is not queryable|timeout exceeded when trying to connect|Cannot use a pool after calling end/.test(
    error.message,
  );
}

/** No room on the disk of the database (F57). */
export const isStorageFull = (error: unknown): boolean => codeOf(error) === '53100';

// Serialisation failure, deadlock, lock timeout: the other one is done soon, and the same transaction then succeeds.
const contendedCodes = new Set(['40001', '40P01', '55P03']);

export const isContended = (error: unknown): boolean => contendedCodes.has(codeOf(error));

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
