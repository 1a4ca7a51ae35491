// T2: who signs in to connect a tenant holds a role that may grant, belongs to the tenant, and shows it by the token or by a consent that
// was not there before. Every role, member and guest, with and without an earlier consent and the claim of roles, through the real flow.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CUSTOM_CONSENT_ROLE, ROLE } from '../emulator/model.ts';
import { FJALLBYGG, NORRSKEN } from '../emulator/people.ts';
import { clientId, goThroughMicrosoft, organisationId, startOver, useSamsyn } from './samsyn-world.ts';

const world = await useSamsyn();
const { store } = world.emulator;
const permissions = ['User.Read.All', 'GroupMember.Read.All'];

const roles = {
  'Global Administrator': ROLE.globalAdministrator,
  'Privileged Role Administrator': ROLE.privilegedRoleAdministrator,
  'Application Administrator': ROLE.applicationAdministrator,
  'Cloud Application Administrator': ROLE.cloudApplicationAdministrator,
  'Global Reader': ROLE.globalReader,
  'User Administrator': ROLE.userAdministrator,
  'no role': null,
  'a custom role that may grant': CUSTOM_CONSENT_ROLE,
} as const;
type RoleName = keyof typeof roles;

const cells = (Object.keys(roles) as RoleName[]).flatMap((role) =>
  (['member', 'guest'] as const).flatMap((as) =>
    [false, true].flatMap((before) => [false, true].map((claim) => ({ role, as, before, claim }))),
  ),
);
type Cell = (typeof cells)[number];

/** By the rules alone. Microsoft's page lets three of the roles grant, of which the claim names two. */
function isAllowed({ role, as, before, claim }: Cell): boolean {
  if (as === 'guest') return false;
  const isNamed = role === 'Global Administrator' || role === 'Privileged Role Administrator';
  if (claim) return isNamed;
  const mayGrant = isNamed || role === 'a custom role that may grant';
  // Nothing but the new consent shows it.
  return mayGrant && !before;
}

const upnOf = (role: RoleName, as: Cell['as'], domain: string): string =>
  `${as}.${role.toLowerCase().replaceAll(/\W+/g, '-')}@${domain}`;

beforeAll(() => {
  for (const [name, id] of Object.entries(roles) as [RoleName, string | null][]) {
    const held = id === null ? [] : [id];
    const own = upnOf(name, 'member', 'norrsken.se');
    const home = upnOf(name, 'guest', 'fjallbygg.se');
    store.createUser(NORRSKEN.id, { displayName: name, userPrincipalName: own, mail: own }, held);
    // At home the guest is whoever it likes; what counts is what it is where it is a guest.
    store.createUser(FJALLBYGG.id, { displayName: name, userPrincipalName: home, mail: home }, held);
    const invited = `${home.replace('@', '_')}#EXT#@norrsken.se`;
    const guest = { displayName: name, userPrincipalName: invited, mail: home, userType: 'Guest' };
    store.createUser(NORRSKEN.id, guest, held);
  }
});
afterAll(() => {
  process.stdout.write(`T2: ${cells.length} cells, ${connected} connected, ${cells.filter(isAllowed).length} may\n`);
});
let connected = 0;

async function connectAs({ role, as, before, claim }: Cell): Promise<Record<string, unknown>> {
  const registration = store.app(clientId) ?? expect.fail();
  store.putApp({ ...registration, groupMembershipClaims: claim ? 'DirectoryRole' : 'None' });
  if (before) store.grant(NORRSKEN.id, clientId, permissions);
  const browser = await world.signIn();
  const { body } = await browser.call('POST', world.api('/sign-in'));
  const { redirectUrl } = body as { redirectUrl: string };
  // A guest is one only at the door of the tenant itself, which anybody can write into the address.
  const door = as === 'guest' ? redirectUrl.replace('/organizations/', `/${NORRSKEN.id}/`) : redirectUrl;
  const upn = upnOf(role, as, as === 'guest' ? 'fjallbygg.se' : 'norrsken.se');
  return goThroughMicrosoft(world, browser, door, { upn });
}

describe.each(cells)('T2 $role as $as, consent before: $before, roles in the token: $claim', (cell) => {
  test(isAllowed(cell) ? 'connects' : 'does not connect', async () => {
    await startOver(world);
    const flow = await connectAs(cell);
    const rows = await world.query('select organisation_id, tenant_id from connection');
    connected += rows.length;
    if (isAllowed(cell)) {
      expect(flow, JSON.stringify(flow)).toMatchObject({ step: 'connected' });
      expect(rows).toEqual([{ organisation_id: organisationId, tenant_id: NORRSKEN.id }]);
    } else {
      expect(flow).toMatchObject({ step: 'failed' });
      expect((flow['error'] as { code: string }).code).toMatch(/^connect_(guest|not_proved|role_missing)$/);
      expect(rows).toEqual([]);
    }
  });
});

test('T2 the guests were at the door of the tenant, and were known as guests there', async () => {
  await startOver(world);
  const flow = await connectAs({ role: 'Global Administrator', as: 'guest', before: true, claim: true });
  expect(flow).toMatchObject({ step: 'failed', error: { code: 'connect_guest' } });
});
