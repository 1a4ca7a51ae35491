// T25, in every test file that asks an emulator anything: the product signs in as somebody, asks for consent to its two permissions to read and
// for tokens of exactly those, and never writes. Tests of the emulator itself, and of other clients against it, ask for more on purpose.
import { subscribe } from 'node:diagnostics_channel';
import path from 'node:path';
import { afterAll, expect } from 'vitest';
import { askedForChannel, type AskedFor } from '../emulator/asked-for.ts';
import { entraPermissions } from '../src/contract/permissions.ts';

/** Of whichever cloud. */
const graphScope =
  /^https:\/\/(graph\.microsoft\.(com|us)|dod-graph\.microsoft\.us|microsoftgraph\.chinacloudapi\.cn)\/\.default$/;
const wanted: Record<AskedFor['kind'], (what: string) => boolean> = {
  'sign-in': (scope) => scope === 'openid profile' || scope === 'openid',
  consent: (scope) => graphScope.test(scope),
  token: (scope) => graphScope.test(scope),
  granted: (roles) => roles === entraPermissions.toSorted().join(' '),
  write: () => false,
};

/** Where somebody else than the product asks; of connecting to the millisecond a relay is the judge, and is shown what it must see. */
const others = /^(emulator|test\/(corpus|protocol|least-privilege|connect-expiry))/;

const more = new Set<string>();
subscribe(askedForChannel, (message) => {
  const { kind, what } = message as AskedFor; // the only thing that is said on it
  if (!wanted[kind](what)) more.add(`${kind}: ${what}`);
});

afterAll(() => {
  const file = path.relative(path.resolve(import.meta.dirname, '..'), expect.getState().testPath ?? '');
  if (!others.test(file))
    expect([...more], 'T25: asked of Microsoft beyond reading with the two permissions').toEqual([]);
});
