// The groups of tenant A: the three of telephony with one below, departments, a dynamic one, a circle, an empty one.
import { ANCHORS, groupId, NORRSKEN, SIGN_IN_ACCOUNTS, userId } from '../people.ts';
import type { Props } from '../model.ts';
import type { Store } from '../store.ts';
import { DEPARTMENTS } from './names.ts';
import { GUESTS, guestId } from './norrsken.ts';
import type { Seeded } from './norrsken.ts';

const T = NORRSKEN.id;

export function seedNorrskenGroups(store: Store, people: readonly Seeded[]): void {
  const owners = people.slice(0, 2).map((one) => one.id);
  const group = (displayName: string, members: readonly string[], more: Props = {}): string => {
    const id = groupId(T, displayName);
    store.createGroup(T, { id, displayName, ...more });
    store.setOwners(T, id, more['mailEnabled'] === true ? owners : owners.slice(0, 1));
    for (const member of members) store.addMember(T, id, member);
    return id;
  };
  const anchors = (name: string) => ANCHORS.filter((one) => one.group === name).map((one) => one.id);
  const enabled = people.filter(
    (one) =>
      store.user(T, one.id).props['accountEnabled'] === true &&
      !ANCHORS.some((anchor) => anchor.id === one.id) &&
      !SIGN_IN_ACCOUNTS.some((account) => userId(account.upn) === one.id),
  );
  const service = enabled.filter((one) => one.department === 'Kundservice').map((one) => one.id);
  const others = enabled.filter((one) => one.department !== 'Kundservice').map((one) => one.id);
  const upTo = (have: string[], size: number, from: string[]): string[] => [
    ...have,
    ...from.splice(0, size - have.length),
  ];
  const night = group('support-natt', upTo(anchors('support-natt'), 6, others), {
    description: 'Support kvällar, nätter och helger',
  });
  const support = group('support', [...upTo(upTo(anchors('support'), 25, service), 25, others), night], {
    description: 'Teknisk support och felanmälan',
  });
  const exchange = group('växel', upTo(anchors('växel'), 12, others), { description: 'Växeltelefonister' });
  group('telefoni', [...upTo(anchors('telefoni'), 17, others), exchange, support], {
    description: 'Alla som har telefoni i verksamhetssystemet',
  });
  group('Alla medarbetare', [], {
    description: 'Alla aktiva medarbetare',
    groupTypes: ['DynamicMembership'],
    membershipRule: '(user.userType -eq "Member") -and (user.accountEnabled -eq true)',
    membershipRuleProcessingState: 'On',
  });
  group('Ledningsgrupp', [...people.slice(0, 2).map((one) => one.id), ...others.slice(0, 6)], {
    description: 'Bolagets ledning',
  });
  for (const { name } of DEPARTMENTS)
    group(
      `Avd ${name}`,
      people.filter((one) => one.department === name).map((one) => one.id),
      { description: `Avdelningen ${name}` },
    );
  group('Projekt Vindkraft Storklinten', others.slice(10, 24), {
    groupTypes: ['Unified'],
    mailEnabled: true,
    securityEnabled: false,
    mail: 'vindkraft@norrsken.se',
    mailNickname: 'vindkraft',
    visibility: 'Private',
    proxyAddresses: ['SMTP:vindkraft@norrsken.se'],
    resourceProvisioningOptions: ['Team'],
  });
  const a = group('projekt-a', others.slice(24, 27), { description: 'Medlem i projekt-b, som är medlem här' });
  const b = group('projekt-b', [...others.slice(27, 30), a], { description: 'Medlem i projekt-a, som är medlem här' });
  store.addMember(T, a, b);
  group('Tom grupp', [], { description: 'Har inga medlemmar' });
  group(
    'Externa konsulter',
    GUESTS.map(([, mail = '']) => guestId(mail)),
    { description: 'Gäster' },
  );
  group('Personalärenden', others.slice(30, 34), { visibility: 'HiddenMembership', description: 'Dolt medlemskap' });
}
