// The second reading, section 8.4: which filters, orders and searches the default store answers, and which only the index.
import { afterAll, beforeAll } from 'vitest';
import { eventual, questions, type Row, type World } from './second-reading-kit.ts';
import { openDirectory } from './second-reading-people.ts';

let world: World;
beforeAll(async () => {
  world = await openDirectory();
});
afterAll(() => world.close());

questions(() => world, filters());
questions(() => world, alternatives());

/** 8.4: by the default store (D) or only with the two parts (A). */
function filters(): Row[] {
  const only = (filter: string): Row[] => [
    {
      says: `8.4 A: ${filter} is refused without the two parts`,
      ask: `/v1.0/users?$filter=${filter}`,
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: `8.4 A: ${filter} is answered with them`,
      ask: `/v1.0/users?$count=true&$filter=${filter}`,
      headers: eventual,
      status: 200,
    },
  ];
  const plain = (filter: string): Row => ({
    says: `8.4 D: ${filter}`,
    ask: `/v1.0/users?$filter=${filter}`,
    status: 200,
  });
  const texts = [
    'displayName',
    'givenName',
    'surname',
    'mail',
    'mailNickname',
    'userPrincipalName',
    'jobTitle',
    'department',
    'city',
    'state',
    'country',
    'usageLocation',
  ];
  return [
    ...[
      'accountEnabled eq true',
      "userType eq 'Member'",
      'onPremisesSyncEnabled eq true',
      'isResourceAccount eq true',
      "externalUserState eq 'Accepted'",
      "creationType eq 'Invitation'",
    ].map(plain),
    ...texts.flatMap((name) => [
      plain(`${name} eq 'x'`),
      plain(`startsWith(${name},'x')`),
      plain(`${name} in ('x','y')`),
    ]),
    ...[
      "employeeId eq '17'",
      "onPremisesImmutableId eq 'x'",
      "startsWith(onPremisesImmutableId,'x')",
      "onPremisesSecurityIdentifier eq 'x'",
    ].map(plain),
    ...[
      'companyName',
      'mobilePhone',
      'officeLocation',
      'faxNumber',
      'postalCode',
      'streetAddress',
      'preferredLanguage',
      'employeeType',
      'onPremisesSamAccountName',
      'onPremisesExtensionAttributes/extensionAttribute1',
    ].flatMap((name) => only(`${name} eq 'x'`)),
    ...only("businessPhones/any(p:p eq 'x')"),
    ...['proxyAddresses', 'otherMails', 'imAddresses'].flatMap((name) => [
      plain(`${name}/any(x:x eq 'x')`),
      plain(`${name}/any(x:startsWith(x,'x'))`),
    ]),
    ...['mail', 'userPrincipalName'].flatMap((name) => only(`endsWith(${name},'x')`)),
    ...['otherMails', 'proxyAddresses'].flatMap((name) => only(`${name}/any(x:endsWith(x,'x'))`)),
    plain('assignedLicenses/any(x:x/skuId eq 184efa21-98c3-4e5d-95ab-d07053a96e67)'),
    ...only('assignedLicenses/$count eq 0'),
    ...only("assignedPlans/any(p:p/service eq 'exchange')"),
    plain('createdDateTime ge 2020-01-01T00:00:00Z'),
    plain('createdDateTime le 2020-01-01T00:00:00Z'),
    ...only('employeeHireDate ge 2020-01-01T00:00:00Z'),
    plain("identities/any(c:c/issuerAssignedId eq 'x' and c/issuer eq 'contoso.example')"),
    {
      says: '8.4 $orderby userPrincipalName is in the default store',
      ask: '/v1.0/users?$orderby=userPrincipalName',
      status: 200,
    },
    {
      says: '8.4 $orderby createdDateTime is refused without the two parts',
      ask: '/v1.0/users?$orderby=createdDateTime',
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: '8.4 $orderby createdDateTime is answered with them',
      ask: '/v1.0/users?$count=true&$orderby=createdDateTime',
      headers: eventual,
      status: 200,
    },
    {
      says: '8.4 a property that does not exist is no filter',
      ask: "/v1.0/users?$filter=shoeSize eq '43'",
      status: 400,
    },
    {
      says: '8.4 a property that is not listed at all (interests) is no filter',
      ask: "/v1.0/users?$filter=interests/any(i:i eq 'x')",
      status: 400,
    },
    { says: '8.4 aboutMe is no filter', ask: "/v1.0/users?$filter=aboutMe eq 'x'", status: 400 },
    {
      says: '8.4 ge on a text is not in the default store',
      ask: "/v1.0/users?$filter=displayName ge 'x'",
      status: 400,
    },
    { says: '8.4 a broken filter is 400', ask: '/v1.0/users?$filter=displayName eq', status: 400 },
    {
      says: '8.4 $search on names by token, in any order and case',
      ask: '/v1.0/users?$search="displayName:ADMIN"',
      headers: eventual,
      status: 200,
      is: { 'value>length': 1 },
    },
  ];
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, nth) => `'${nth}@contoso.example'`);
}

/** What Microsoft's page on $filter says beside the reference: fifteen alternatives, more only through the index. */
function alternatives(): Row[] {
  const names = (count: number) => `mail in (${many(count).join(',')})`;
  const each = (count: number) =>
    many(count)
      .map((name) => `mail eq ${name}`)
      .join(' or ');
  return [names, each].flatMap((filter): Row[] => [
    { says: `8.4 15 alternatives are answered: ${filter(2)}`, ask: `/v1.0/users?$filter=${filter(15)}`, status: 200 },
    {
      says: `8.4 16 are not: ${filter(2)}`,
      ask: `/v1.0/users?$filter=${filter(16)}`,
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: `8.4 16 are with the two parts: ${filter(2)}`,
      ask: `/v1.0/users?$count=true&$filter=${filter(16)}`,
      headers: eventual,
      status: 200,
    },
  ]);
}
