// Secrets that a browser brings back: cookie, state and link. Each names its organisation, so that the wall between organisations
// stands before anything is looked up; only hashes are stored.
import { randomToken, sha256 } from '../base/ids.ts';

export interface Secret {
  organisationId: string;
  hash: Buffer;
}

const form = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[A-Za-z0-9_-]{43}$/;

export function newSecret(organisationId: string): { text: string; hash: Buffer } {
  const text = `${organisationId}.${randomToken()}`;
  return { text, hash: sha256(text) };
}

/** Null for what cannot be one of ours. */
export function readSecret(text: string | null | undefined): Secret | null {
  const organisationId = form.exec(text ?? '')?.[1];
  return organisationId === undefined || !text ? null : { organisationId, hash: sha256(text) };
}
