// While something is read: nothing for a moment, then a quiet sign.
import { Center, Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function Loading() {
  const { t } = useTranslation();
  return (
    <Center p={48} role="status" aria-label={t(($) => $.shell.list.loading)}>
      <Loader size="sm" />
    </Center>
  );
}
