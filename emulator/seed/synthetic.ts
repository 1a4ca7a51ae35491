// Invented people in any number, cheap to make: for scale, not for reading.
import { guidFrom } from '../keys.ts';
import { mailNickname } from '../store/input.ts';
import type { UserInput } from '../store/input.ts';
import { DEPARTMENTS, dice, FIRST, LAST, mobile, OFFICES, pick } from './names.ts';

const FIRST_NICK = new Map(FIRST.map((name) => [name, mailNickname(name)]));
const LAST_NICK = new Map(LAST.map((name) => [name, mailNickname(name)]));

export function syntheticUser(domain: string, index: number, series: string): UserInput & { id: string } {
  const roll = dice(index * 7919 + 17);
  const givenName = pick(roll, FIRST);
  const surname = pick(roll, LAST);
  const department = pick(roll, DEPARTMENTS);
  const upn = `${FIRST_NICK.get(givenName) ?? ''}.${LAST_NICK.get(surname) ?? ''}.${series === 'syn' ? '' : series}${index}@${domain}`;
  return {
    id: guidFrom(`${series} ${domain} ${index}`),
    displayName: `${givenName} ${surname}`,
    givenName,
    surname,
    userPrincipalName: upn,
    mail: upn,
    jobTitle: pick(roll, department.titles),
    department: department.name,
    companyName: 'Norrsken Energi AB',
    officeLocation: department.office,
    city: department.office,
    postalCode: OFFICES[department.office]?.postalCode ?? null,
    country: 'Sverige',
    usageLocation: 'SE',
    employeeId: `9${String(index).padStart(6, '0')}`,
    mobilePhone: mobile(roll),
    businessPhones: [],
    preferredLanguage: 'sv-SE',
    assignedLicenses: [{ skuId: LICENCE_E3, disabledPlans: [] }],
    onPremisesExtensionAttributes: { extensionAttribute3: `KS-${department.costCentre}` },
    accountEnabled: index % 29 !== 0,
  };
}

export const LICENCE_E3 = '05e9a617-0261-4cee-bb44-138d3ef5d965';
export const LICENCE_F3 = '66b55226-6b4f-492c-910c-a3b7a3c9d993';
