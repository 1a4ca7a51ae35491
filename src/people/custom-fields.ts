// Fields of the organisation's own. The key is made from the label once and never changes: mappings and values stand on it.
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import { recordAudit } from '../audit/record.ts';
import type { customFieldSchema } from '../contract/api-people.ts';
import { AppError } from '../contract/errors.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { isPlainText } from '../contract/field-value.ts';
import { isCustomField } from './fields.ts';

export type CustomField = z.infer<typeof customFieldSchema>;

interface Deps {
  db: Database;
}

// A page of fields that a person can still overlook; sixty mappings are the limit of a connection.
const customFieldsMax = 50;

export async function listCustomFields({ db }: Deps, actor: Actor): Promise<{ items: CustomField[] }> {
  const items = await inOrganisation(db, actor.organisationId, (tx) => customFieldsOf(tx, actor.organisationId), {
    readOnly: true,
  });
  return { items };
}

export async function createCustomField(
  { db }: Deps,
  actor: Actor,
  { label }: { label: string },
): Promise<CustomField> {
  if (!isPlainText(label))
    throw new AppError('invalid_input', { fields: [{ path: 'label', message: 'control_characters' }] });
  const { organisationId } = actor;
  return inOrganisation(db, organisationId, async (tx) => {
    // One at a time in an organisation: the limit and the labels are looked at first.
    await tx.selectFrom('organisation').select('id').where('id', '=', organisationId).forUpdate().execute();
    const present = await customFieldsOf(tx, organisationId);
    if (present.length >= customFieldsMax)
      throw new AppError('custom_field_limit', { params: { max: customFieldsMax } });
    if (present.some((one) => sameLabel(one.label, label))) throw new AppError('name_taken');
    const taken = new Set(present.map(({ key }) => key));
    const field = { id: newId(), key: freeKey(label, taken), label };
    await tx
      .insertInto('custom_field')
      .values({ organisation_id: organisationId, ...field })
      .execute();
    await recordAudit(tx, {
      organisationId,
      actor,
      action: 'custom_field.created',
      subject: field.id,
      detail: { key: field.key, label },
    });
    return field;
  });
}

/** By label, in Swedish order. */
export async function customFieldsOf(tx: Tx, organisationId: string): Promise<CustomField[]> {
  return tx
    .selectFrom('custom_field')
    .select(['id', 'key', 'label'])
    .where('organisation_id', '=', organisationId)
    .orderBy('label')
    .orderBy('id')
    .execute();
}

/** Throws field_unknown when one of the targets is a custom field that the organisation does not have. */
export async function requireKnownFields(tx: Tx, organisationId: string, targets: readonly string[]): Promise<void> {
  const custom = targets.filter(isCustomField);
  if (custom.length === 0) return;
  const known = new Set((await customFieldsOf(tx, organisationId)).map(({ key }) => `custom:${key}`));
  const unknown = custom.filter((target) => !known.has(target));
  if (unknown.length > 0) {
    throw new AppError('field_unknown', { fields: unknown.map((path) => ({ path, message: 'unknown' })) });
  }
}

const keyLengthMax = 40;
const spelledOut: Record<string, string> = { ø: 'o', æ: 'ae', ß: 'ss', đ: 'd', ł: 'l', þ: 'th', ð: 'd' };

/** `Kostnadsställe` becomes `kostnadsstalle`. */
export function keyOfLabel(label: string): string {
  const plain = label
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[øæßđłþð]/g, (letter) => spelledOut[letter] ?? '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const key = /^[a-z]/.test(plain) ? plain : `field_${plain}`;
  return key.slice(0, keyLengthMax).replace(/_+$/, '');
}

function freeKey(label: string, taken: ReadonlySet<string>): string {
  const first = keyOfLabel(label);
  for (let number = 1; ; number += 1) {
    const ending = number === 1 ? '' : `_${number}`;
    const key = `${first.slice(0, keyLengthMax - ending.length)}${ending}`;
    if (!taken.has(key)) return key;
  }
}

function sameLabel(a: string, b: string): boolean {
  return a.normalize('NFC').toLowerCase() === b.normalize('NFC').toLowerCase();
}
