// Who calls, and whether they may. The session says which account; what it may do is read at each request, so that a
// permission that was taken away is gone at the next click (T22).
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../base/actor.ts';
import { AppError } from '../contract/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Route } from '../contract/route.ts';
import type { Database } from '../db/pool.ts';
import { listMemberships } from '../people/memberships.ts';
import type { Account, SignIn } from '../people/sign-in.ts';

export interface AuthorizeDeps {
  db: Database;
  clock: Clock;
  signIn: SignIn;
}

/** So long after the password was given one may still do what a stolen or forgotten session must not. */
const recentMinutes = 15;

interface Caller {
  actor: Actor | null;
  account: Account | null;
}

/** Somebody who is not a member of the organisation is told that there is none: 404, as for an id that was made up (T10). */
export async function authorize(deps: AuthorizeDeps, request: FastifyRequest, route: Route): Promise<Caller> {
  const { access } = route;
  if (access === 'public') return { actor: null, account: null };
  const background = request.headers['x-samsyn-background'] === '1';
  const account = await deps.signIn.findSession(request.headers.cookie, { background });
  if (!account) throw new AppError('not_signed_in');
  if (access === 'signed-in') return { actor: null, account };

  const { organisationId } = request.params as { organisationId?: string }; // every route of a member has it in its path
  const membership = (await listMemberships(deps.db, account.id)).find((one) => one.organisationId === organisationId);
  if (!membership) throw new AppError('not_found');
  if (access !== 'member' && !membership.permissions.includes(access)) throw new AppError('forbidden');
  // Last: who may not do it at all is not asked for the password.
  if (route.recentSignIn && deps.clock.now().getTime() - account.signedInAt.getTime() > recentMinutes * 60_000)
    throw new AppError('password_needed');
  const { appUserId, displayName, permissions } = membership;
  return {
    account,
    actor: {
      organisationId: membership.organisationId,
      appUserId,
      name: displayName,
      permissions,
      requestId: request.id,
    },
  };
}
