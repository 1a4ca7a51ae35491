// Whether a target still exists: an earlier connection may have written to a custom field that is gone.
import { useQuery } from '@tanstack/react-query';
import { listCustomFields } from '../../../../src/contract/api-people.ts';
import type { TargetField } from '../../../../src/contract/settings.ts';
import { routeQuery } from '../../api/queries.ts';
import { isAppField } from '../../forms/field-labels.ts';

export function useKnownFields(organisationId: string): (field: TargetField) => boolean {
  const { data } = useQuery(routeQuery(listCustomFields, { params: { organisationId } }));
  return (field) => isAppField(field) || data === undefined || data.items.some(({ key }) => `custom:${key}` === field);
}
