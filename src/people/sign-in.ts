// Signing in with e-mail and password, and the sessions that come of it. better-auth does it on the auth_* tables; nobody
// outside this file knows it, and its own routes are not opened (docs/decisions/0003-sign-in.md).
import { hkdfSync } from 'node:crypto';
import { betterAuth } from 'better-auth';
import type { Clock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import type { Logger } from '../base/log.ts';
import type { Language } from '../contract/common.ts';
import { AppError } from '../contract/errors.ts';
import type { Database } from '../db/pool.ts';
import { outsideOrganisation } from '../db/transaction.ts';
import { emailKey } from './fields.ts';
import { listMemberships } from './memberships.ts';
import { hashPassword, verifyPassword } from './password-hash.ts';

export interface Account {
  id: string;
  email: string;
  name: string;
  language: Language | null;
  /** When the password was given, for what asks for a recent sign-in (T22). */
  signedInAt: Date;
}

export interface SignIn {
  /** Unknown address and wrong password: the same answer after the same time. An earlier session of the browser ends. */
  signIn(input: {
    email: string;
    password: string;
    cookieHeader: string | undefined;
  }): Promise<{ account: Account; setCookies: string[] }>;
  /** The password once more: a new session in place of the present one. Throws wrong_credentials, and the present one stays. */
  confirm(input: { password: string; cookieHeader: string | undefined }): Promise<{ setCookies: string[] }>;
  /**
   * The account of the session in these cookies, while it lives. In the background, as when an open page looks for news and nobody
   * sits there, it is no use that puts the end off.
   */
  findSession(cookieHeader: string | undefined, options?: { background?: boolean }): Promise<Account | null>;
  /** Ends the session on the server; the cookie goes too. */
  signOut(cookieHeader: string | undefined): Promise<{ setCookies: string[] }>;
}

export interface SignInDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  publicUrl: string;
  /** The server's key: signs the cookie, so that a stolen database opens no session. */
  secretKey: Uint8Array;
}

const sessionSecondsMax = 12 * 3600;
// Of somebody with a permission (T22).
const idleMinutesMax = 30;
const noteUseAfterMs = 60_000;

export function createSignIn(deps: SignInDeps): SignIn {
  const { db, clock } = deps;
  const auth = createAuth(deps);

  async function findLiving(
    cookieHeader: string | undefined,
    { background = false } = {},
  ): Promise<{ account: Account; sessionId: string } | null> {
    if (!cookieHeader) return null;
    const found = await auth.api.getSession({ headers: new Headers({ cookie: cookieHeader }) }).catch(rethrowCause);
    if (!found) return null;
    const account = asAccount(found.user, found.session.createdAt);
    const idleMs = clock.now().getTime() - found.session.updatedAt.getTime();
    const ageMs = clock.now().getTime() - account.signedInAt.getTime();
    // better-auth ends it too, by the time of the machine.
    const isOver = ageMs >= sessionSecondsMax * 1000;
    if (isOver || (idleMs > idleMinutesMax * 60_000 && (await hasPermissions(db, account.id)))) {
      await endSession(db, found.session.id);
      return null;
    }
    if (idleMs > noteUseAfterMs && !background) await noteUse(db, found.session.id, clock.now());
    return { account, sessionId: found.session.id };
  }

  async function enter(email: string, password: string, earlier: { sessionId: string } | null) {
    const { headers, response } = await auth.api
      .signInEmail({ body: { email, password }, returnHeaders: true })
      .catch(refuse);
    if (earlier) await endSession(db, earlier.sessionId);
    return { account: asAccount(response.user, clock.now()), setCookies: headers.getSetCookie() };
  }

  return {
    async signIn({ email, password, cookieHeader }) {
      return enter(emailKey(email) ?? unknownEmail, password, await findLiving(cookieHeader));
    },

    async confirm({ password, cookieHeader }) {
      const living = await findLiving(cookieHeader);
      if (!living) throw new AppError('not_signed_in');
      const { setCookies } = await enter(living.account.email, password, living);
      return { setCookies };
    },

    async findSession(cookieHeader, options) {
      return (await findLiving(cookieHeader, options))?.account ?? null;
    },

    async signOut(cookieHeader) {
      const living = await findLiving(cookieHeader);
      // Ended here too: better-auth would pass over a database that does not answer, and the session would live on.
      if (living) await endSession(db, living.sessionId);
      const headers = new Headers({ cookie: cookieHeader ?? '' });
      const answer = await auth.api.signOut({ headers, returnHeaders: true });
      return { setCookies: answer.headers.getSetCookie() };
    },
  };
}

// Stands in for what cannot be an address, so that it costs the same time as any other.
const unknownEmail = 'nobody@invalid.invalid';

function createAuth({ db, log, publicUrl, secretKey }: SignInDeps) {
  const isSecure = publicUrl.startsWith('https:');
  const times = { createdAt: 'created_at', updatedAt: 'updated_at' };
  return betterAuth({
    baseURL: publicUrl,
    secret: Buffer.from(hkdfSync('sha256', secretKey, '', 'samsyn session cookie', 32)).toString('base64'),
    database: { db: db.kysely, type: 'postgres' },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      maxPasswordLength: 256,
      password: { hash: hashPassword, verify: ({ hash, password }) => verifyPassword(password, hash) },
    },
    user: {
      modelName: 'auth_user',
      fields: { emailVerified: 'email_verified', ...times },
      additionalFields: { language: { type: 'string', required: false, input: false } },
    },
    session: {
      modelName: 'auth_session',
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        ...times,
      },
      expiresIn: sessionSecondsMax,
      // Absolute: use does not make it longer.
      disableSessionRefresh: true,
    },
    account: {
      modelName: 'auth_account',
      fields: {
        accountId: 'account_id',
        providerId: 'provider_id',
        userId: 'user_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        ...times,
      },
    },
    verification: { modelName: 'auth_verification', fields: { expiresAt: 'expires_at', ...times } },
    // The door counts (src/http/limit.ts), and keeps other sites out (src/http/cross-site.ts).
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error', log: (_level, message) => log.warn('Sign-in reports a problem', { reason: message }) },
    advanced: {
      useSecureCookies: false, // would put __Secure- before our __Host-
      cookies: { session_token: { name: isSecure ? '__Host-samsyn' : 'samsyn' } },
      defaultCookieAttributes: { secure: isSecure, httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { disableIpTracking: true },
      database: { generateId: () => newId(), joins: true, validateSchema: false },
    },
  });
}

function asAccount(
  user: { id: string; email: string; name: string; language?: string | null | undefined },
  signedInAt: Date,
): Account {
  const { id, email, name, language } = user;
  return { id, email, name, language: language === 'sv' || language === 'en' ? language : null, signedInAt };
}

/** better-auth wraps what the database throws; the door wants to know. */
function rethrowCause(error: unknown): never {
  throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
}

function refuse(error: unknown): never {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (status === 401 || status === 400) throw new AppError('wrong_credentials');
  return rethrowCause(error);
}

async function hasPermissions(db: Database, accountId: string): Promise<boolean> {
  return (await listMemberships(db, accountId)).some(({ permissions }) => permissions.length > 0);
}

async function endSession(db: Database, sessionId: string): Promise<void> {
  await outsideOrganisation(db, 'sessions belong to accounts', (tx) =>
    tx.deleteFrom('auth_session').where('id', '=', sessionId).execute(),
  );
}

async function noteUse(db: Database, sessionId: string, now: Date): Promise<void> {
  await outsideOrganisation(db, 'sessions belong to accounts', (tx) =>
    tx.updateTable('auth_session').set({ updated_at: now }).where('id', '=', sessionId).execute(),
  );
}
