// What a field is called: the app's own from the catalogue, the organisation's own by their labels.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { listCustomFields } from '../../../src/contract/api-people.ts';
import { appFields, type AppField, type TargetField } from '../../../src/contract/settings.ts';
import { routeQuery } from '../api/queries.ts';

export function useCustomFields(organisationId: string): { key: TargetField; label: string }[] {
  const { data } = useQuery(routeQuery(listCustomFields, { params: { organisationId } }));
  return (data?.items ?? []).map(({ key, label }) => ({ key: `custom:${key}`, label }));
}

/** `const label = useFieldLabel(organisationId); label('custom:cost_centre')`. */
export function useFieldLabel(organisationId: string): (field: TargetField) => string {
  const { t } = useTranslation();
  const custom = useCustomFields(organisationId);
  return (field) => {
    if (isAppField(field)) return t(($) => $.people.field[field]);
    return custom.find(({ key }) => key === field)?.label ?? field.replace('custom:', '');
  };
}

export function isAppField(field: TargetField): field is AppField {
  return appFields.some((one) => one === field);
}
