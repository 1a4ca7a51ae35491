// While something is read: nothing for a moment, then a quiet sign.
import { Center, Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ScreenReader } from './screen-reader.tsx';

export function Loading() {
  const { t } = useTranslation();
  return (
    <Center p={48}>
      <Loader size="sm" />
      <ScreenReader live>{t(($) => $.shell.list.loading)}</ScreenReader>
    </Center>
  );
}
