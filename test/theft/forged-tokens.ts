// Id_tokens that must open nothing. Each differs from the honest one, which stands first, in what its name says.
import { besidesKid, by, compact, jwkOf, kid, microsoft, pemOf, thief, type Claims, type Header, type Signer } from './forge.ts'; // prettier-ignore

export interface Honest {
  claims: Claims;
  otherTenant: string;
  /** Of another connecting that is under way. */
  otherNonce: string;
  clientSecret: string;
  /** An address that would be seen if it were asked. */
  thiefUrl: string;
}

export interface Forged {
  name: string;
  token: unknown;
  /** What the second published key says of itself. */
  besides?: Claims;
  /** Signed as it should be, and what it says must not connect: the room refuses it, not the reader of tokens. */
  isSound?: 'connect_failed' | 'connect_guest';
}

const header: Header = { typ: 'JWT', alg: 'RS256', kid };
const personal = '9188040d-6c67-4c5b-b112-36a304b66dad';
const login = 'https://login.microsoftonline.com';
const minute = 60;

export function forgedTokens(honest: Honest): Forged[] {
  return [...bySigning(honest), ...byKeys(honest), ...byForm(honest), ...byClaims(honest), ...byAccount(honest)];
}

export const honestToken = ({ claims }: Honest): string => compact(header, claims, by.microsoft);

function bySigning({ claims, clientSecret, thiefUrl }: Honest): Forged[] {
  const signed = (name: string, more: Header, signer: Signer): Forged => ({
    name,
    token: compact({ ...header, ...more }, claims, signer),
  });
  const good = compact(header, claims, by.microsoft);
  const pem = pemOf(microsoft.publicKey);
  const jwk = jwkOf(microsoft.publicKey);
  const own = jwkOf(thief.publicKey);
  return [
    signed('alg none', { alg: 'none' }, by.nobody),
    signed('alg None', { alg: 'None' }, by.nobody),
    signed('alg none with a signature', { alg: 'none' }, by.microsoft),
    signed('no alg', { alg: undefined }, by.microsoft),
    signed('HS256 with the public key as PEM', { alg: 'HS256' }, by.hmac(pem)),
    signed('HS256 with the public key as JWK', { alg: 'HS256' }, by.hmac(JSON.stringify(jwk))),
    signed('HS256 with the modulus', { alg: 'HS256' }, by.hmac(Buffer.from(String(jwk['n']), 'base64url'))),
    signed('HS256 with the client secret', { alg: 'HS256' }, by.hmac(clientSecret)),
    signed('RS256 said, HMAC made', {}, by.hmac(pem)),
    signed('RS384 by the right key', { alg: 'RS384' }, by.microsoft384),
    signed('RS512 by the right key', { alg: 'RS512' }, by.microsoft512),
    signed('PS256 by the right key', { alg: 'PS256' }, by.microsoftPss),
    signed('ES256 by a key of the thief', { alg: 'ES256' }, by.thiefEc),
    signed('EdDSA by a key of the thief', { alg: 'EdDSA' }, by.thiefEd),
    signed('a known kid, signed by the thief', {}, by.thief),
    signed('an unknown kid', { kid: 'thief' }, by.thief),
    signed('an unknown kid over the right signature', { kid: 'thief' }, by.microsoft),
    signed('no kid', { kid: undefined }, by.microsoft),
    signed('a kid that is a list', { kid: [kid] }, by.microsoft),
    signed('a kid that every object has', { kid: '__proto__' }, by.thief),
    signed('a key in the header, known kid', { jwk: own }, by.thief),
    signed('a key in the header, unknown kid', { kid: 'thief', jwk: { ...own, kid: 'thief' } }, by.thief),
    signed('an address of keys in the header', { kid: 'thief', jku: `${thiefUrl}/keys` }, by.thief),
    signed('an address of certificates in the header', { kid: 'thief', x5u: `${thiefUrl}/x5u` }, by.thief),
    signed('a certificate in the header', { kid: 'thief', x5c: [Buffer.from(pemOf(thief.publicKey)).toString('base64')] }, by.thief), // prettier-ignore
    signed('an extension that is critical', { crit: ['thief'], thief: true }, by.microsoft),
    signed('a payload that is not encoded', { crit: ['b64'], b64: false }, by.microsoft),
    signed('no signature', {}, by.nobody),
    { name: 'half a signature', token: good.slice(0, -170) },
    { name: 'the signature of another token', token: [...compact(header, { ...claims, name: 'Thief' }, by.microsoft).split('.').slice(0, 2), good.split('.')[2]].join('.') }, // prettier-ignore
    { name: 'another header over the signature', token: [Buffer.from(JSON.stringify({ ...header, x: 1 })).toString('base64url'), ...good.split('.').slice(1)].join('.') }, // prettier-ignore
  ];
}

/** Signed by the second published key, which is bent. */
function byKeys({ claims, otherTenant, thiefUrl }: Honest): Forged[] {
  const token = compact({ ...header, kid: besidesKid }, claims, by.besides);
  const bent = (name: string, besides: Claims): Forged => ({ name: `by a key ${name}`, token, besides });
  const ours = (name: string, issuer: string): Forged => {
    const iss = issuer.replace('{tenantid}', String(claims['tid']));
    const agreed = compact({ ...header, kid: besidesKid }, { ...claims, iss }, by.besides);
    return { name: `by a key and an issuer ${name}`, token: agreed, besides: { issuer } };
  };
  return [
    bent('of personal accounts', { issuer: `${login}/${personal}/v2.0` }),
    bent('of another tenant', { issuer: `${login}/${otherTenant}/v2.0` }),
    bent('of no issuer', {}),
    bent('of an issuer that is no text', { issuer: ['https://login.microsoftonline.com/{tenantid}/v2.0'] }),
    bent('of another cloud', { issuer: 'https://login.microsoftonline.us/{tenantid}/v2.0' }),
    bent('of the thief’s host', { issuer: `${thiefUrl}/{tenantid}/v2.0` }),
    bent('of version 1', { issuer: 'https://sts.windows.net/{tenantid}/' }),
    // The key and the token agree.
    ours('of another cloud', 'https://login.microsoftonline.us/{tenantid}/v2.0'),
    ours('of the thief’s host', `${thiefUrl}/{tenantid}/v2.0`),
    ours('of version 1', 'https://sts.windows.net/{tenantid}/'),
    ours('of another tenant', `${login}/${otherTenant}/v2.0`),
    bent('for encryption', { issuer: `${login}/{tenantid}/v2.0`, use: 'enc' }),
    bent('that is symmetric', { issuer: `${login}/{tenantid}/v2.0`, kty: 'oct', k: 'AAAA' }),
    bent('of a curve', { issuer: `${login}/{tenantid}/v2.0`, kty: 'EC', crv: 'P-256' }),
  ];
}

function byForm({ claims }: Honest): Forged[] {
  const good = compact(header, claims, by.microsoft);
  const [head = '', body = '', signature = ''] = good.split('.');
  return [
    { name: 'none at all', token: undefined },
    { name: 'empty', token: '' },
    { name: 'null', token: null },
    { name: 'an object', token: { protected: head, payload: body, signature } },
    { name: 'JSON serialisation', token: JSON.stringify({ protected: head, payload: body, signature }) },
    { name: 'two parts', token: `${head}.${body}` },
    { name: 'four parts', token: `${good}.${signature}` },
    { name: 'five parts, as if encrypted', token: `${head}..${body}.${signature}.${signature}` },
    { name: 'no payload', token: `${head}..${signature}` },
    { name: 'a payload that is no JSON', token: compact(header, 'thief', by.microsoft) },
    { name: 'a payload that is a list', token: compact(header, JSON.stringify([claims]), by.microsoft) },
    { name: 'a header that is no JSON', token: compact('thief', claims, by.microsoft) },
    { name: 'an access token by its type', token: compact({ ...header, typ: 'at+jwt' }, claims, by.microsoft) },
    { name: 'a logout token by its type', token: compact({ ...header, typ: 'logout+jwt' }, claims, by.microsoft) },
  ];
}

function byClaims({ claims, otherTenant, otherNonce, thiefUrl }: Honest): Forged[] {
  const said = (name: string, more: Claims): Forged => ({
    name,
    token: compact(header, { ...claims, ...more }, by.microsoft),
  });
  const now = Number(claims['iat']);
  const { tid, iss, aud, oid, exp } = claims;
  return [
    said('the issuer of another tenant', { iss: `${login}/${otherTenant}/v2.0` }),
    said('another tenant than the issuer', { tid: otherTenant }),
    said('the issuer of version 1', { iss: `https://sts.windows.net/${String(tid)}/` }),
    said('the issuer as a template', { iss: `${login}/{tenantid}/v2.0` }),
    said('the issuer of everybody', { iss: `${login}/common/v2.0` }),
    said('the issuer with a slash', { iss: `${String(iss)}/` }),
    said('the issuer without TLS', { iss: String(iss).replace('https', 'http') }),
    said('the issuer in capitals', { iss: String(iss).toUpperCase() }),
    said('the issuer of another cloud', { iss: String(iss).replace('microsoftonline.com', 'microsoftonline.us') }),
    said('the issuer on the thief’s host', { iss: `${thiefUrl}/${String(tid)}/v2.0` }),
    said('the issuer below another host', { iss: String(iss).replace('.com', '.com.thief.example') }),
    said('two issuers', { iss: [iss, `${thiefUrl}/v2.0`] }),
    said('no issuer', { iss: undefined }),
    said('another audience', { aud: '99999999-2222-4333-8444-555555555555' }),
    said('the audience of Graph', { aud: 'https://graph.microsoft.com' }),
    said('two audiences', { aud: [aud, '99999999-2222-4333-8444-555555555555'] }),
    said('no audience', { aud: undefined }),
    said('made for another application', { azp: '99999999-2222-4333-8444-555555555555' }),
    said('no tenant', { tid: undefined }),
    said('a tenant by its domain', { tid: 'norrsken.se', iss: `${login}/norrsken.se/v2.0` }),
    said('a tenant with a line break', { tid: `${String(tid)}\n`, iss: `${login}/${String(tid)}\n/v2.0` }),
    said('a tenant with a path', { tid: `${String(tid)}/../x`, iss: `${login}/${String(tid)}/../x/v2.0` }),
    said('a tenant that is an object', { tid: { tid } }),
    said('no object id', { oid: undefined }),
    said('an address for an object id', { oid: claims['preferred_username'] }),
    said('a list of object ids', { oid: [oid] }),
    said('over for an hour', { exp: now - 60 * minute, nbf: now - 120 * minute, iat: now - 120 * minute }),
    said('over for 70 seconds', { exp: now - 70 }),
    said('without an end', { exp: undefined }),
    said('an end that is a text', { exp: String(exp) }),
    said('not valid for two minutes', { nbf: now + 2 * minute }),
    said('a beginning that is a text', { nbf: String(now) }),
    said('not issued at any time', { iat: undefined }),
    said('no nonce', { nonce: undefined }),
    said('another nonce', { nonce: 'thief' }),
    said('the nonce of another connecting', { nonce: otherNonce }),
    said('an empty nonce', { nonce: '' }),
    said('a list with the nonce', { nonce: [claims['nonce']] }),
    said('version 1', { ver: '1.0' }),
    said('no version', { ver: undefined }),
    said('a version that is a number', { ver: 2 }),
  ];
}

/** Microsoft may well say this of somebody, and none of them speaks for the tenant. */
function byAccount({ claims, otherTenant }: Honest): Forged[] {
  const said = (name: string, more: Claims): Forged => ({
    name,
    token: compact(header, { ...claims, ...more }, by.microsoft),
    isSound: 'tid' in more ? 'connect_failed' : 'connect_guest',
  });
  return [
    said('a personal account', { tid: personal, iss: `${login}/${personal}/v2.0` }),
    said('a personal account in capitals', { tid: personal.toUpperCase(), iss: `${login}/${personal.toUpperCase()}/v2.0` }), // prettier-ignore
    said('a guest by the home tenant', { idp: `https://sts.windows.net/${otherTenant}/` }),
    said('a guest with a personal account', { idp: 'live.com' }),
    said('a guest by the kind of account', { acct: 1 }),
    said('a guest by the kind of account as a text', { acct: '1' }),
  ];
}
