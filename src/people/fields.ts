// How sign-in addresses are compared, and which fields are the organisation's own.
import { isEmail } from '../contract/field-value.ts';

/**
 * Under what a sign-in address is kept and looked up: A-Z as a-z, nothing else changed (T9). Undefined for what cannot be
 * one: only ASCII signs in, so that no two letters that look or fold alike are the same.
 */
export function emailKey(value: string): string | undefined {
  const key = value.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return /^[\x21-\x7e]+$/.test(key) && isEmail(key) ? key : undefined;
}

export function isCustomField(field: string): boolean {
  return field.startsWith('custom:');
}
