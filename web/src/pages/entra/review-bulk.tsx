// What can be done with all the chosen rows at once.
import { Button } from '@mantine/core';
import { IconLink } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ReviewRow } from '../../../../src/contract/api-review.ts';
import type { ReviewList } from '../../../../src/contract/situations.ts';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { iconProps } from '../../ui/icon.ts';
import { onlyCandidate, type DeedName } from './review-deed.ts';

interface BulkProps {
  list: ReviewList;
  isKept: boolean;
  chosen: readonly ReviewRow[];
  onAsk: (what: DeedName, rows: readonly ReviewRow[], skipped: number) => void;
}

export function ReviewBulk({ list, isKept, chosen, onAsk }: BulkProps) {
  const { t } = useTranslation();
  const linkable = chosen.filter((row) => onlyCandidate(row) !== undefined);
  const button = (what: DeedName, look: { main?: boolean; danger?: boolean } = {}) => (
    <Button
      size="xs"
      variant={look.main === true ? 'filled' : look.danger === true ? 'outline' : 'default'}
      color={look.danger === true ? 'brick' : 'fjord'}
      onClick={() => onAsk(what, chosen, 0)}
    >
      {t(($) => $.review.actionMany[what], { count: chosen.length })}
    </Button>
  );
  switch (list) {
    case 'linked':
      return button('unlink');
    case 'suggested':
      return (
        <>
          {button('ignore')}
          <DisabledReason reason={linkable.length === 0 ? t(($) => $.review.linkNone) : undefined}>
            <Button
              size="xs"
              leftSection={<IconLink {...iconProps} size={16} />}
              onClick={() => onAsk('link', linkable, chosen.length - linkable.length)}
            >
              {t(($) => $.review.actionMany.link, { count: linkable.length })}
            </Button>
          </DisabledReason>
        </>
      );
    case 'available':
      return (
        <>
          {button('ignore')}
          {button('create', { main: true })}
        </>
      );
    case 'ignored':
      return button('restore', { main: true });
    case 'gone':
      return (
        <>
          {button(isKept ? 'unkeep' : 'keep')}
          {button('remove', { danger: true })}
        </>
      );
    case 'app_only':
      return null;
  }
}
