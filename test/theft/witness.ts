// Sees each row that is written, in whatever table, also when it is written as it was: for tests that say that nothing changed.
import type pg from 'pg';

export interface Touched {
  table: string;
  op: string;
  row: Record<string, unknown>;
}

export interface Witness {
  /** What was written since it was last asked. */
  take(): Promise<Touched[]>;
  /** How many tables it watches. */
  tables: number;
}

export async function callWitness(admin: pg.Client): Promise<Witness> {
  await admin.query(`
    create schema witness;
    create table witness.seen (id bigserial, name text, op text, content jsonb);
    create function witness.note() returns trigger language plpgsql security definer as $$ begin
      insert into witness.seen (name, op, content) values (tg_table_name, tg_op, to_jsonb(coalesce(new, old)));
      return null;
    end $$;`);
  const { rows } = await admin.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema', 'witness')`,
  );
  for (const { name } of rows) {
    await admin.query(
      `create trigger witness after insert or update or delete on ${name} for each row execute function witness.note()`,
    );
  }
  return {
    tables: rows.length,
    async take() {
      const taken = await admin.query<{ name: string; op: string; content: Record<string, unknown> }>(
        'with gone as (delete from witness.seen returning *) select name, op, content from gone order by id',
      );
      return taken.rows.map(({ name, op, content }) => ({ table: name, op, row: content }));
    },
  };
}
