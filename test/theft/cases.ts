// Callbacks as a thief would send them: every parameter of both callbacks swapped in every way, every cookie, session, time and
// state of the link, and mixtures of all that. What has to come of each is said by the rules here, not by the product.
import fc from 'fast-check';
import type { Standing } from './standing.ts';

export interface Standings {
  /** Each is attacked in turn. */
  victims: Standing[];
  /** Where swapped things come from, by what they are to the victim. */
  othersOf: (victim: Standing) => Record<Other, Standing>;
}

export type Other =
  | 'of another organisation'
  | 'of another browser'
  | 'of the other way'
  | 'of the other step'
  | 'spent';
export type Session = 'asker' | 'nobody' | 'member' | 'administrator of another organisation' | 'asker without permission' | 'asker removed'; // prettier-ignore
export type LinkState = 'usable' | 'revoked' | 'declined' | 'used' | 'expired';

/** All that is random or used up is looked up when the case is sent: a code is new after each use. */
export interface Case {
  victim: Standing;
  path: '/entra/callback' | '/entra/consent';
  method: 'GET' | 'HEAD' | 'POST';
  swaps: { name: string; how: How }[];
  cookie: CookieKind;
  session: Session;
  aheadMs: number;
  link: LinkState;
}

const others: Other[] = ['of another organisation', 'of another browser', 'of the other way', 'of the other step', 'spent']; // prettier-ignore
const hows = ['missing', 'empty', 'doubled', 'doubled with that of another organisation', 'backwards', 'cut', 'longer', 'in the other case', 'with a NUL', 'very long', 'under another name', 'of the other tenant', ...others] as const; // prettier-ignore
type How = (typeof hows)[number];
const cookieKinds = ['own', 'none', 'empty', 'backwards', 'own and that of another organisation', 'own twice', 'under another name', ...others] as const; // prettier-ignore
type CookieKind = (typeof cookieKinds)[number];
const names = ['code', 'state', 'session_state', 'error', 'error_subcode', 'error_description', 'tenant', 'admin_consent', 'scope', 'iss', 'id_token', 'client_info', 'response']; // prettier-ignore
// Of these each kind of swap is the same to everybody: some of each will do.
const idle = new Set(['session_state', 'error_subcode', 'error_description', 'scope', 'client_info']);
const idleHows = ['missing', 'empty', 'doubled', 'doubled with that of another organisation', 'with a NUL', 'very long', 'of another organisation'] as const; // prettier-ignore
const sessions: Session[] = ['asker', 'nobody', 'member', 'administrator of another organisation', 'asker without permission', 'asker removed']; // prettier-ignore
const linkStates: LinkState[] = ['usable', 'revoked', 'declined', 'used', 'expired'];
const minutes = [0, 10, 31];

const honest = { swaps: [], method: 'GET', cookie: 'own', session: 'asker', aheadMs: 0, link: 'usable' } as const;
const own = (victim: Standing): Case['path'] => (victim.step === 'sign_in' ? '/entra/callback' : '/entra/consent');

export function* generateCases({ victims }: Standings, mixtures: number, seed: number): Generator<Case> {
  for (const victim of victims) {
    for (const path of ['/entra/callback', '/entra/consent'] as const) {
      yield { ...honest, swaps: [], victim, path };
      for (const method of ['HEAD', 'POST'] as const) yield { ...honest, swaps: [], victim, path, method };
      for (const name of names)
        for (const how of idle.has(name) ? idleHows : hows) yield { ...honest, victim, path, swaps: [{ name, how }] };
    }
    for (const cookie of cookieKinds)
      for (const session of sessions)
        for (const minute of minutes)
          yield { ...honest, swaps: [], victim, path: own(victim), cookie, session, aheadMs: minute * 60_000 };
    if (!victim.byLink) continue;
    for (const link of linkStates)
      for (const session of sessions) yield { ...honest, swaps: [], victim, path: own(victim), link, session };
  }
  const mixture = fc.record({
    victim: fc.constantFrom(...victims),
    isOwnPath: fc.boolean(),
    swaps: fc.uniqueArray(fc.record({ name: fc.constantFrom(...names), how: fc.constantFrom(...hows) }), { minLength: 1, maxLength: 4, selector: (swap) => swap.name }), // prettier-ignore
    // Mostly the own one: the others end nearly everything.
    cookie: fc.oneof({ weight: 3, arbitrary: fc.constant('own' as const) }, fc.constantFrom(...cookieKinds)),
    session: fc.oneof({ weight: 3, arbitrary: fc.constant('asker' as const) }, fc.constantFrom(...sessions)),
  });
  for (const { victim, isOwnPath, ...rest } of fc.sample(mixture, { numRuns: mixtures, seed })) {
    const other = own(victim) === '/entra/callback' ? '/entra/consent' : '/entra/callback';
    yield { ...honest, ...rest, victim, path: isOwnPath ? own(victim) : other };
  }
}

export interface Prepared {
  query: [string, string][];
  cookies: string[];
}

/** The request of a case, with the values of this moment. */
export function prepare({ victim, swaps, cookie }: Case, { othersOf }: Standings): Prepared {
  const of = othersOf(victim);
  const foreign = of['of another organisation'];
  let query = [...victim.callback.searchParams];
  for (const { name, how } of swaps) {
    const value = query.find(([one]) => one === name)?.[1] ?? 'x';
    const without = query.filter(([one]) => one !== name);
    const get = (standing: Standing): string => standing.callback.searchParams.get(name) ?? 'y';
    const put = (...values: string[]) => [...without, ...values.map((one): [string, string] => [name, one])];
    if (how === 'missing') query = without;
    else if (how === 'doubled') query = put(value, value);
    else if (how === 'doubled with that of another organisation') query = put(value, get(foreign));
    else if (how === 'under another name') query = [...without, [name.toUpperCase(), value]];
    else if (how === 'of the other tenant') query = put(foreign.tenantId);
    else if (isOther(how)) query = put(get(of[how]));
    else query = put(spoil(value, how));
  }
  return { query, cookies: cookiesOf(victim, cookie, of) };
}

const backwards = (text: string): string => text.split('').toReversed().join('');
const isOther = (how: string): how is Other => (others as string[]).includes(how);

function spoil(
  value: string,
  how: 'empty' | 'backwards' | 'cut' | 'longer' | 'in the other case' | 'with a NUL' | 'very long',
): string {
  if (how === 'empty') return '';
  if (how === 'backwards') return backwards(value);
  if (how === 'cut') return value.slice(0, value.length / 2);
  if (how === 'longer') return `${value}A`;
  if (how === 'with a NUL') return `${value}\0`;
  if (how === 'very long') return value.padEnd(6000, 'A');
  const upper = value.toUpperCase();
  return upper === value ? value.toLowerCase() : upper;
}

function cookiesOf(victim: Standing, kind: CookieKind, of: Record<Other, Standing>): string[] {
  const name = 'samsyn-connect';
  const mine = `${name}=${victim.cookie}`;
  if (isOther(kind)) return [`${name}=${of[kind].cookie}`];
  switch (kind) {
    case 'own':
      return [mine];
    case 'none':
      return [];
    case 'empty':
      return [`${name}=`];
    case 'backwards':
      return [`${name}=${backwards(victim.cookie)}`];
    case 'own twice':
      return [mine, mine];
    case 'under another name':
      return [`__Host-${mine}`];
    case 'own and that of another organisation':
      return [mine, `${name}=${of['of another organisation'].cookie}`];
  }
}
