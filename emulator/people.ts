// The people of the demo directory that others refer to by name: sign-in accounts and anchors.
import { guidFrom } from './keys.ts';
import { ROLE } from './model.ts';

export const NORRSKEN = {
  id: 'aaaaaaaa-0001-4000-8000-000000000001',
  displayName: 'Norrsken Energi AB',
  domains: ['norrsken.se', 'norrskenenergi.onmicrosoft.com'],
  country: 'SE',
};
export const FJALLBYGG = {
  id: 'bbbbbbbb-0002-4000-8000-000000000002',
  displayName: 'Fjällbygg AB',
  domains: ['fjallbygg.se', 'fjallbygg.onmicrosoft.com'],
  country: 'SE',
};

export const userId = (upn: string): string => guidFrom(`user ${upn.toLowerCase()}`);
export const groupId = (tenantId: string, name: string): string => guidFrom(`group ${tenantId} ${name}`);

export interface SignInAccount {
  upn: string;
  displayName: string;
  tenantId: string;
  roles: string[];
}

/** Accounts to sign in with, offered first on the demo sign-in page. */
export const SIGN_IN_ACCOUNTS: SignInAccount[] = [
  { upn: 'asa.oberg@norrsken.se', displayName: 'Åsa Öberg', tenantId: NORRSKEN.id, roles: [ROLE.globalAdministrator] },
  {
    upn: 'karin.lind@norrsken.se',
    displayName: 'Karin Lind',
    tenantId: NORRSKEN.id,
    roles: [ROLE.privilegedRoleAdministrator],
  },
  {
    upn: 'oskar.app@norrsken.se',
    displayName: 'Oskar App',
    tenantId: NORRSKEN.id,
    roles: [ROLE.applicationAdministrator],
  },
  { upn: 'per.user@norrsken.se', displayName: 'Per User', tenantId: NORRSKEN.id, roles: [] },
  {
    upn: 'erik.fjall@fjallbygg.se',
    displayName: 'Erik Fjäll',
    tenantId: FJALLBYGG.id,
    roles: [ROLE.globalAdministrator],
  },
  { upn: 'nils.user@fjallbygg.se', displayName: 'Nils User', tenantId: FJALLBYGG.id, roles: [] },
];

export interface Anchor {
  id: string;
  displayName: string;
  givenName: string;
  surname: string;
  upn: string;
  mail: string;
  aliases: string[];
  /** Where in 'telefoni' the person is. */ group: 'telefoni' | 'växel' | 'support' | 'support-natt';
}

const anchor = (
  givenName: string,
  surname: string,
  name: string,
  group: Anchor['group'],
  aliases: string[] = [],
): Anchor => {
  const upn = `${name}@norrsken.se`;
  return {
    id: userId(upn),
    displayName: `${givenName} ${surname}`,
    givenName,
    surname,
    upn,
    mail: upn,
    aliases,
    group,
  };
};

/** People who exist in the business app as well. */
export const ANCHORS: Anchor[] = [
  anchor('Åsa', 'Öberg', 'asa.oberg', 'telefoni'),
  anchor('Björn', 'Ek', 'bjorn.ek', 'telefoni'),
  anchor('Maria', 'Ström', 'maria.strom', 'växel', ['maria.lindqvist@norrsken.se']),
  anchor('Oğuz', 'Işık', 'oguz.isik', 'support'),
  anchor('Per', 'Andersson', 'per.andersson', 'support'),
  anchor('Per', 'Andersson', 'per.andersson2', 'telefoni'),
  anchor('Linnéa', 'Sjögren', 'linnea.sjogren', 'växel'),
  anchor('Lars', 'Öberg', 'lars.oberg', 'telefoni'),
  anchor('Siv', 'Öbrink', 'siv.obrink', 'växel'),
  anchor('Tor', 'Öbom', 'tor.obom', 'support-natt'),
  anchor('Karin', 'Lind', 'karin.lind', 'telefoni'),
  anchor('Anna', 'Bergström', 'anna.bergstrom', 'växel'),
  anchor('Erik', 'Lundgren', 'erik.lundgren', 'support'),
  anchor('Fatima', 'Al-Hassan', 'fatima.al-hassan', 'support'),
  anchor('Jörgen', 'Nyström', 'jorgen.nystrom', 'telefoni'),
  anchor('Kristina', 'Åkesson', 'kristina.akesson', 'växel'),
  anchor('Mikael', 'Sandberg', 'mikael.sandberg', 'support'),
  anchor('Niklas', 'Fors', 'niklas.fors', 'support-natt'),
  anchor('Olle', 'Häggström', 'olle.haggstrom', 'telefoni'),
  anchor('Petra', 'Wallin', 'petra.wallin', 'telefoni'),
  anchor('Rasmus', 'Holm', 'rasmus.holm', 'support'),
  anchor('Sofia', 'Engström', 'sofia.engstrom', 'växel'),
  anchor('Tomas', 'Lindahl', 'tomas.lindahl', 'telefoni'),
  anchor('Ulrika', 'Norén', 'ulrika.noren', 'telefoni'),
  anchor('Viktor', 'Sjöberg', 'viktor.sjoberg', 'support'),
  anchor('Ylva', 'Hedlund', 'ylva.hedlund', 'telefoni'),
  anchor('Zoran', 'Petrović', 'zoran.petrovic', 'support'),
  anchor('Emma', 'Dahlberg', 'emma.dahlberg', 'telefoni'),
];
