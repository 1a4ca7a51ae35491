// What has to come of a callback, by the rules of connecting alone: one cookie of one connecting, its own state for this step, in
// time, each parameter once; then the asker's own session; then what Microsoft says. Parameters beside those decide nothing.
import type { Case, Prepared } from './cases.ts';
import type { Standing } from './standing.ts';

export type Outcome =
  | { kind: 'stands still' }
  /** Only this connecting is touched: it has failed. */
  | { kind: 'fails'; standing: Standing }
  /** Only this connecting is touched, and it goes on for the tenant that it was for. */
  | { kind: 'goes on'; standing: Standing }
  | { kind: 'fails or goes on'; standing: Standing };

const still: Outcome = { kind: 'stands still' };
// Of an answer that nobody asked for: the library of the sign-in may refuse them.
const foreignToCode = ['iss', 'id_token', 'response'];

export function expectedOutcome(one: Case, { query, cookies }: Prepared, all: readonly Standing[]): Outcome {
  if (one.method === 'POST') return still;
  const value = new Map(query);
  if (value.size !== query.length) return still;
  const stateMinutes = 10;
  const isInTime = one.aheadMs < stateMinutes * 60_000;
  const standing = all.find((candidate) => {
    const path = candidate.step === 'sign_in' ? '/entra/callback' : '/entra/consent';
    const isCookie = cookies.length === 1 && cookies[0] === `samsyn-connect=${candidate.cookie}`;
    return path === one.path && isCookie && value.get('state') === candidate.callback.searchParams.get('state');
  });
  if (!standing || !isInTime) return still;
  const proof = standing.step === 'sign_in' ? 'code' : 'tenant';
  if (!value.has('error') && !value.has(proof)) return still;

  const fails: Outcome = { kind: 'fails', standing };
  if (one.session === 'asker without permission' || one.session === 'asker removed') return fails;
  const isOthers = standing.org !== one.victim.org;
  const asker = isOthers ? 'administrator of another organisation' : 'asker';
  if (!standing.byLink && one.session !== asker) return fails;
  if (standing.byLink && one.link !== 'usable') return fails;
  if (value.has('error')) return fails;
  if (proof === 'tenant' && value.get('tenant')?.toLowerCase() !== standing.tenantId) return fails;
  if (proof === 'code' && value.get('code') !== standing.callback.searchParams.get('code')) return fails;
  const isMixed = proof === 'code' && foreignToCode.some((name) => value.has(name));
  return { kind: isMixed ? 'fails or goes on' : 'goes on', standing };
}
