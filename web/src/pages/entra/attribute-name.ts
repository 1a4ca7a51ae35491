// What Entra's attributes are called, and the field of the app that each would go to by itself.
import { useTranslation } from 'react-i18next';
import type { AppField, SourceAttribute } from '../../../../src/contract/settings.ts';

/** `const name = useAttributeName(); name('jobTitle')` is "Befattning". */
export function useAttributeName(): (attribute: SourceAttribute) => string {
  const { t } = useTranslation();
  return (attribute) =>
    isExtension(attribute)
      ? t(($) => $.fields.source.extension, { number: attribute.replace('extensionAttribute', '') })
      : t(($) => $.fields.source[attribute]);
}

type Extension = Extract<SourceAttribute, `extensionAttribute${string}`>;

function isExtension(attribute: SourceAttribute): attribute is Extension {
  return attribute.startsWith('extensionAttribute');
}

export const naturalTargets: Partial<Record<SourceAttribute, AppField>> = {
  jobTitle: 'jobTitle',
  department: 'department',
  companyName: 'company',
  officeLocation: 'office',
  mobilePhone: 'mobile',
  businessPhones: 'phone',
  streetAddress: 'street',
  postalCode: 'postalCode',
  city: 'city',
  country: 'country',
  employeeId: 'employeeId',
  preferredLanguage: 'preferredLanguage',
  manager: 'manager',
};
