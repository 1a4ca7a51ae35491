// The emulator's two secrets: the RSA key that signs id_tokens, and the key that seals every opaque token
// (access tokens, codes, page and delta links), so that all of them survive a restart with a data folder.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { JWK } from 'jose';
import type { Json } from './model.ts';

export type SigningKey = Awaited<ReturnType<typeof importJWK>>;

export interface Keys {
  seal(kind: string, content: Json): string;
  /** The content, or null when the text was not sealed here or is of another kind. */
  unseal(kind: string, text: string): Json;
  /** Public JWKs, newest first. */
  publicKeys(): JWK[];
  signing(): { kid: string; key: SigningKey };
  /** A new signing key; the earlier one stays published, as the service does while keys roll. */
  rotate(): Promise<void>;
}

interface Saved {
  seal: string;
  private: JWK[];
}

async function newPrivateKey(): Promise<JWK> {
  const pair = await generateKeyPair('RS256', { extractable: true, modulusLength: 2048 });
  const jwk = await exportJWK(pair.privateKey);
  return { ...jwk, kid: (await calculateJwkThumbprint(jwk)).slice(0, 27) };
}

export async function openKeys(dataDir: string | undefined): Promise<Keys> {
  const file = dataDir === undefined ? undefined : join(dataDir, 'keys.json');
  const saved: Saved =
    file !== undefined && existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as Saved) // our own file
      : { seal: randomBytes(32).toString('base64'), private: [await newPrivateKey()] };
  const save = () => {
    if (file !== undefined) writeFileSync(file, JSON.stringify(saved), { mode: 0o600 });
  };
  save();
  const sealKey = Buffer.from(saved.seal, 'base64');
  const imported = new Map<string, SigningKey>();
  const load = async () => {
    for (const jwk of saved.private) imported.set(String(jwk.kid), await importJWK(jwk, 'RS256'));
  };
  await load();

  return {
    seal(kind, content) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', sealKey, iv);
      cipher.setAAD(Buffer.from(kind));
      const sealed = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    unseal(kind, text) {
      const bytes = Buffer.from(text, 'base64url');
      // Node reads over what is no base64url: a text with anything added would open, and count as another one.
      if (bytes.length < 29 || bytes.toString('base64url') !== text) return null;
      try {
        const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, 12));
        decipher.setAAD(Buffer.from(kind));
        decipher.setAuthTag(bytes.subarray(12, 28));
        return JSON.parse(
          Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8'),
        ) as Json;
      } catch {
        return null; // a foreign or altered token is an ordinary answer here, not a fault
      }
    },
    publicKeys: () =>
      saved.private.map(({ kty, n, e, kid }) => ({ kty: kty ?? 'RSA', use: 'sig', kid, x5t: kid, n, e }) as JWK),
    signing() {
      const kid = String(saved.private[0]?.kid);
      const key = imported.get(kid);
      if (key === undefined) throw new Error('no signing key');
      return { kid, key };
    },
    async rotate() {
      saved.private = [await newPrivateKey(), ...saved.private].slice(0, 3);
      await load();
      save();
    },
  };
}

/** A GUID that depends on nothing but the text, so that seeded objects keep their ids for ever. */
export function guidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
