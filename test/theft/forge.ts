// Makes id_tokens, honest and forged: by hand, because a library for tokens refuses to make most of the forged ones.
import { constants, createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

export type Claims = Record<string, unknown>;
export type Header = Record<string, unknown>;
export type Signer = (input: string) => Buffer;

const pair = (bits = 2048) => generateKeyPairSync('rsa', { modulusLength: bits });

/** The key that the stand-in publishes as Microsoft's. */
export const microsoft = pair();
/** Published beside it, each for something else than signing for every tenant. */
export const besides = pair();
export const thief = pair();
const thiefEc = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const thiefEd = generateKeyPairSync('ed25519');

export const kid = 'microsoft-key-1';
export const besidesKid = 'microsoft-key-2';

export const jwkOf = (key: KeyObject): Claims => key.export({ format: 'jwk' }) as Claims; // an object by its format
export const pemOf = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }).toString();

const encode = (part: unknown): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

export function compact(header: Header | string, claims: Claims | string, signer: Signer): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${signer(input).toString('base64url')}`;
}

const rsa =
  (key: KeyObject, hash: 'sha256' | 'sha384' | 'sha512', pss = false): Signer =>
  (input) =>
    sign(hash, Buffer.from(input), {
      key,
      ...(pss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {}),
    });

export const by = {
  microsoft: rsa(microsoft.privateKey, 'sha256'),
  microsoft384: rsa(microsoft.privateKey, 'sha384'),
  microsoft512: rsa(microsoft.privateKey, 'sha512'),
  microsoftPss: rsa(microsoft.privateKey, 'sha256', true),
  besides: rsa(besides.privateKey, 'sha256'),
  thief: rsa(thief.privateKey, 'sha256'),
  thiefEc: (input: string) => sign('sha256', Buffer.from(input), { key: thiefEc.privateKey, dsaEncoding: 'ieee-p1363' }), // prettier-ignore
  thiefEd: (input: string) => sign(null, Buffer.from(input), thiefEd.privateKey),
  nobody: () => Buffer.alloc(0),
  hmac: (secret: string | Buffer) => (input: string) => createHmac('sha256', secret).update(input).digest(),
} satisfies Record<string, Signer | ((secret: string) => Signer)>;

/** What the key endpoint says, unless it is bent. */
export function publishedKeys(besidesMore: Claims): Claims[] {
  const issuer = 'https://login.microsoftonline.com/{tenantid}/v2.0';
  return [
    { ...jwkOf(microsoft.publicKey), kid, use: 'sig', issuer },
    { ...jwkOf(besides.publicKey), kid: besidesKid, use: 'sig', ...besidesMore },
  ];
}
