// Looks for secrets in what a thief could carry away: every row of every table, the log, and what browsers were answered.
import type pg from 'pg';

export interface Secret {
  name: string;
  text: string;
}

/** Everything in the database, as a stolen dump would have it. */
export async function dump(admin: pg.Client): Promise<string> {
  const { rows: tables } = await admin.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await admin.query<{ row: string }>(`select t::text as row from ${name} t`);
    parts.push(`-- ${name}`, ...rows.map((one) => one.row));
  }
  return parts.join('\n');
}

/** Which of them are there, in whole or by a half, as they are or in another writing. */
export function find(secrets: readonly Secret[], text: string): string[] {
  const lower = text.toLowerCase();
  return secrets.flatMap(({ name, text: secret }) =>
    writings(secret).some((one) => lower.includes(one.toLowerCase())) ? [name] : [],
  );
}

/** Letters that differ by case alone count as the same: a find too many would be looked at, one too few would not. */
function writings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const whole = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')]; // prettier-ignore
  // A log that cuts long texts may still show enough of them.
  const halves = secret.length >= 24 ? [secret.slice(0, secret.length / 2), secret.slice(secret.length / 2)] : [];
  return [...whole, ...halves];
}
