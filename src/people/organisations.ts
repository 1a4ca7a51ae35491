// An organisation: our customer. It has a language, a time zone for its nights, and a country for its phone numbers.
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import { recordAudit } from '../audit/record.ts';
import type { organisationSchema, updateOrganisation as updateRoute } from '../contract/api-people.ts';
import type { Language } from '../contract/common.ts';
import { AppError } from '../contract/errors.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { isPlainText } from '../contract/field-value.ts';

export type Organisation = z.infer<typeof organisationSchema>;

interface Deps {
  db: Database;
}

export async function getOrganisation(tx: Tx, id: string): Promise<Organisation> {
  const row = await tx
    .selectFrom('organisation')
    .select(['id', 'name', 'language', 'time_zone', 'country'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw new AppError('not_found');
  const { time_zone: timeZone, language, ...rest } = row;
  return { ...rest, timeZone, language: language === 'en' ? 'en' : 'sv' };
}

export async function updateOrganisation(
  { db }: Deps,
  actor: Actor,
  changes: z.output<typeof updateRoute.body>,
): Promise<Organisation> {
  const { language, timeZone } = changes;
  if (timeZone !== undefined) requireTimeZone(timeZone);
  return inOrganisation(db, actor.organisationId, async (tx) => {
    const before = await getOrganisation(tx, actor.organisationId);
    const set = {
      ...(language !== undefined && language !== before.language ? { language } : {}),
      ...(timeZone !== undefined && timeZone !== before.timeZone ? { time_zone: timeZone } : {}),
    };
    if (Object.keys(set).length === 0) return before;
    await tx.updateTable('organisation').set(set).where('id', '=', actor.organisationId).execute();
    await recordAudit(tx, {
      organisationId: actor.organisationId,
      actor,
      action: 'organisation.updated',
      detail: { before: { language: before.language, timeZone: before.timeZone }, after: changes },
    });
    return getOrganisation(tx, actor.organisationId);
  });
}

export interface NewOrganisation {
  id?: string;
  name: string;
  language?: Language;
  timeZone?: string;
  country?: string;
}

/** Nobody belongs to it yet: the first app user comes by insertAppUser. Answers its id. */
export async function createOrganisation({ db }: Deps, input: NewOrganisation): Promise<string> {
  const { id = newId(), name, language, timeZone, country } = input;
  if (name.trim() === '' || !isPlainText(name)) throw wrong('name');
  if (timeZone !== undefined) requireTimeZone(timeZone);
  await inOrganisation(db, id, (tx) =>
    tx
      .insertInto('organisation')
      .values({
        id,
        name: name.trim(),
        ...(language ? { language } : {}),
        ...(timeZone ? { time_zone: timeZone } : {}),
        ...(country ? { country } : {}),
      })
      .execute(),
  );
  return id;
}

/** A zone with rules for summer time: an offset such as +01:00 is none. */
function requireTimeZone(timeZone: string): void {
  if (timeZone !== 'UTC' && !Intl.supportedValuesOf('timeZone').includes(timeZone)) throw wrong('timeZone');
}

function wrong(path: string): AppError {
  return new AppError('invalid_input', { fields: [{ path, message: 'unknown' }] });
}
