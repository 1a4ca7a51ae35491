// Secrets at rest. A sealed value opens only with the key and in the place that it was sealed for:
// copied to another row, column, table or organisation it does not open.
// The key comes from outside the database; each organisation gets a key of its own that is derived from it.
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { assert } from './assert.ts';

export interface SealContext {
  organisation: string;
  table: string;
  column: string;
  row: string;
}

export interface Sealer {
  /** Names the key without telling it: stands in each sealed value. */
  readonly keyId: string;
  seal(plain: string, context: SealContext): string;
  open(sealed: string, context: SealContext): string;
  /** False when the value was sealed with an earlier key: seal it anew when convenient. */
  isCurrent(sealed: string): boolean;
}

/** wrong_key: the key is not the one that it was sealed with. damaged: it was changed or moved. malformed: never a sealed value. */
export type SealErrorReason = 'wrong_key' | 'damaged' | 'malformed';

export class SealError extends Error {
  override readonly name = 'SealError';
  readonly reason: SealErrorReason;
  constructor(reason: SealErrorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

const format = 's1';
const ivBytes = 12;
const tagBytes = 16;

/** `earlierKeys` only open: that is how a key is changed without a stop. */
export function createSealer(key: Uint8Array, earlierKeys: readonly Uint8Array[] = []): Sealer {
  const keyId = keyIdOf(key);
  const keys = new Map([...earlierKeys, key].map((one) => [keyIdOf(one), one]));

  return {
    keyId,

    seal(plain, context) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', organisationKey(key, context), iv, { authTagLength: tagBytes });
      cipher.setAAD(additionalData(keyId, context));
      const body = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${format}.${keyId}.${body.toString('base64url')}`;
    },

    open(sealed, context) {
      const { keyId: sealedWith, body } = parse(sealed);
      const opener = keys.get(sealedWith);
      if (!opener) {
        throw new SealError(
          'wrong_key',
          `This value was sealed with the key ${sealedWith}, and the key in use is ${keyId}: start with the SAMSYN_SECRET_KEY (or key file) that belongs to this database`,
        );
      }
      const iv = body.subarray(0, ivBytes);
      const decipher = createDecipheriv('aes-256-gcm', organisationKey(opener, context), iv, {
        authTagLength: tagBytes,
      });
      decipher.setAAD(additionalData(sealedWith, context));
      decipher.setAuthTag(body.subarray(body.length - tagBytes));
      try {
        const plain = decipher.update(body.subarray(ivBytes, body.length - tagBytes));
        return Buffer.concat([plain, decipher.final()]).toString('utf8');
      } catch {
        throw new SealError(
          'damaged',
          `A sealed value in ${context.table}.${context.column} was changed, or moved from another place`,
        );
      }
    },

    isCurrent: (sealed) => parse(sealed).keyId === keyId,
  };
}

function parse(sealed: string): { keyId: string; body: Buffer } {
  const [version, keyId, encoded, ...rest] = sealed.split('.');
  const body = Buffer.from(encoded ?? '', 'base64url');
  if (version !== format || !keyId || rest.length > 0 || body.length < ivBytes + tagBytes) {
    throw new SealError('malformed', 'This is not a sealed value');
  }
  return { keyId, body };
}

function keyIdOf(key: Uint8Array): string {
  assert(key.length === 32, 'a key has 32 bytes');
  return createHash('sha256').update('samsyn key id\0').update(key).digest('base64url').slice(0, 8);
}

function organisationKey(key: Uint8Array, context: SealContext): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `samsyn organisation ${context.organisation}`, 32));
}

/** JSON, so that no two contexts can give the same text. */
function additionalData(keyId: string, { organisation, table, column, row }: SealContext): Buffer {
  return Buffer.from(JSON.stringify([format, keyId, organisation, table, column, row]), 'utf8');
}
