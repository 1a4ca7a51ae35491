// The end of a list that goes on: reads the next page when it comes into view, and has a button for who does not scroll.
import { Button, Center } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

interface LoadMoreProps {
  hasMore: boolean;
  busy: boolean;
  onMore: () => void;
}

export function LoadMore({ hasMore, busy, onMore }: LoadMoreProps) {
  const { t } = useTranslation();
  const { ref, entry } = useIntersection({ rootMargin: '300px' });
  const isNear = entry?.isIntersecting === true;
  useEffect(() => {
    if (isNear && hasMore && !busy) onMore();
  }, [isNear, hasMore, busy, onMore]);
  if (!hasMore) return null;
  return (
    <Center ref={ref} p="sm">
      <Button variant="default" size="xs" loading={busy} onClick={onMore}>
        {t(($) => $.shell.action.more)}
      </Button>
    </Center>
  );
}
