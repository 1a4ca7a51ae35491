// Signed in, but no longer in any organisation.
import { IconBuilding } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../ui/empty-state.tsx';

export function NoOrganisation() {
  const { t } = useTranslation();
  return (
    <EmptyState isPage icon={IconBuilding} title={t(($) => $.shell.error.noOrganisation.title)}>
      {t(($) => $.shell.error.noOrganisation.next)}
    </EmptyState>
  );
}
