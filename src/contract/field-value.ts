// What a field of an app user may hold, whoever writes it: a person in a browser, the server, or a sync.
import { fieldValueMax, keyValueMax } from './settings.ts';

/** Why a value cannot stand in a field; the words are for a log or the `fields` of an error. */
export type FieldProblem = 'too_long' | 'control_characters' | 'email_invalid';

/** Undefined when the value is fine. */
export function findFieldProblem(field: string, value: string): FieldProblem | undefined {
  if (value.length > longestOf(field)) return 'too_long';
  if (!isPlainText(value)) return 'control_characters';
  if (field === 'email' && !isEmail(value)) return 'email_invalid';
  return undefined;
}

const keyFields: ReadonlySet<string> = new Set(['displayName', 'firstName', 'lastName', 'employeeId']);

/** How many signs a field may have: what people are found and sorted by is shorter. */
export function longestOf(field: string): number {
  return keyFields.has(field) ? keyValueMax : fieldValueMax;
}

/** One line of well-formed text: also what PostgreSQL can store (no NUL) and a mail header can bear (no line break). */
export function isPlainText(value: string): boolean {
  return value.isWellFormed() && !/[\p{Cc}\u2028\u2029]/u.test(value);
}

const emailLengthMax = 254;
const localLengthMax = 64;
const local = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const domain =
  /^([\p{L}\p{N}]([\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?\.)+[\p{L}\p{M}][\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}]$/u;

/** One plain mailbox: no quotes, no comma, no name, so that it cannot become two recipients (T18). */
export function isEmail(value: string): boolean {
  const at = value.lastIndexOf('@');
  const [name, host] = [value.slice(0, at), value.slice(at + 1)];
  return (
    at > 0 && value.length <= emailLengthMax && name.length <= localLengthMax && local.test(name) && domain.test(host)
  );
}

/** An address that every mail server can be handed: the part before the @ in ASCII. */
export function isMailRecipient(value: string): boolean {
  return isEmail(value) && /^[\x21-\x7e]+@/.test(value);
}
