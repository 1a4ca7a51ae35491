// Whether an error says that the database is away, rather than that a statement was wrong: trying again later helps.

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
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (/^(08...|57P0[123]|53300)$/.test(code) || lostCodes.has(code)) return true;
  // The socket of a server that is not running.
  if (code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect') return true;
  return /^Connection terminated|timeout exceeded when trying to connect|Cannot use a pool after calling end/.test(
    error.message,
  );
}
