// What HTTPS needs: a certificate authority of the emulator's own, and a certificate of it for this machine's names. Kept in the data
// directory when there is one. Made with the real clock: a client checks dates by its own, and not by the one that tests move.
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { loadX509 } from './x509.ts';

export interface Certificates {
  /** PEM of the authority: what a client has to trust. */
  ca: string;
  /** Where `ca` lies, when there is a data directory. */
  caFile: string | undefined;
  cert: string;
  key: string;
}

interface Pair {
  cert: string;
  key: string;
}

const DAY_MS = 86_400_000;
// Some clients refuse a server certificate that lives longer than 398 days.
const SERVER_DAYS = 397;
const CA_DAYS = 3650;
const RENEW_BEFORE_DAYS = 30;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** `host` is the public one; localhost, 127.0.0.1 and ::1 are always in the certificate. */
export async function openCertificates(of: {
  dataDir: string | undefined;
  host: string;
  nowMs?: number;
}): Promise<Certificates> {
  const { dataDir, host, nowMs = Date.now() } = of;
  const names = [...new Set(['localhost', '127.0.0.1', '::1', host.replaceAll(/[[\]]/g, '')])];
  const dir = dataDir === undefined ? undefined : join(dataDir, 'tls');
  let ca = readPair(dir, 'ca');
  let server = readPair(dir, 'server');
  // It must outlive each certificate that it signs.
  if (ca === undefined || endsWithin(ca, nowMs, SERVER_DAYS + RENEW_BEFORE_DAYS)) {
    ca = await makeCa(nowMs);
    writePair(dir, 'ca', ca);
    server = undefined;
  }
  if (server === undefined || endsWithin(server, nowMs, RENEW_BEFORE_DAYS) || !covers(server, ca, names)) {
    server = await makeServer(ca, names, nowMs);
    writePair(dir, 'server', server);
  }
  return {
    ca: ca.cert,
    caFile: dir === undefined ? undefined : join(dir, 'ca.pem'),
    // The whole chain, for clients that want to see who signed.
    cert: server.cert + ca.cert,
    key: server.key,
  };
}

function readPair(dir: string | undefined, name: string): Pair | undefined {
  if (dir === undefined) return undefined;
  const [cert, key] = [join(dir, `${name}.pem`), join(dir, `${name}-key.pem`)];
  return existsSync(cert) && existsSync(key)
    ? { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
    : undefined;
}

function writePair(dir: string | undefined, name: string, pair: Pair): void {
  if (dir === undefined) return;
  mkdirSync(dir, { recursive: true });
  // The key first: a certificate without its key is made anew at the next start.
  writeFileSync(join(dir, `${name}-key.pem`), pair.key, { mode: 0o600 });
  writeFileSync(join(dir, `${name}.pem`), pair.cert);
}

const endsWithin = (pair: Pair, nowMs: number, days: number): boolean =>
  new X509Certificate(pair.cert).validToDate.getTime() < nowMs + days * DAY_MS;

function covers(server: Pair, ca: Pair, names: string[]): boolean {
  const certificate = new X509Certificate(server.cert);
  return (
    certificate.verify(new X509Certificate(ca.cert).publicKey) &&
    names.every((name) => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined)
  );
}

async function makeCa(nowMs: number): Promise<Pair> {
  const x509 = await loadX509();
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=Emulator of Entra ID and Graph ${new Date(nowMs).toISOString().slice(0, 10)}`,
    // A day back, for clients whose clock is behind.
    notBefore: new Date(nowMs - DAY_MS),
    notAfter: new Date(nowMs + CA_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: `${certificate.toString('pem')}\n`, key: await pemOf(keys.privateKey) };
}

async function makeServer(ca: Pair, names: string[], nowMs: number): Promise<Pair> {
  const x509 = await loadX509();
  const keys = await newKeys();
  const authority = new x509.X509Certificate(ca.cert);
  const signingKey = await crypto.subtle.importKey('pkcs8', derOf(ca.key), ALGORITHM, false, ['sign']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: authority.subject,
    notBefore: new Date(nowMs - DAY_MS),
    notAfter: new Date(nowMs + SERVER_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: `${certificate.toString('pem')}\n`, key: await pemOf(keys.privateKey) };
}

const newKeys = () => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

async function pemOf(key: Awaited<ReturnType<typeof newKeys>>['privateKey']): Promise<string> {
  const base64 = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${base64.replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n`;
}

const derOf = (pem: string) => Buffer.from(pem.replaceAll(/-----[^-]+-----/g, ''), 'base64');
