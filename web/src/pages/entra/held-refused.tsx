// Which held rows a decision could not take along: the directory, or a colleague, was quicker.
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { BulkResult } from '../../../../src/contract/api-review.ts';
import { useFormat } from '../../ui/format.ts';
import { Say } from '../../ui/say.tsx';

const namesMax = 8;

export function HeldRefused({ result: { refused }, onClose }: { result: BulkResult; onClose: () => void }) {
  const { t } = useTranslation();
  const { list } = useFormat();
  const names = refused.slice(0, namesMax).flatMap(({ name }) => (name === '' ? [] : [name]));
  const rest = refused.length - names.length;
  return (
    <Say
      tone="hold"
      live
      title={t(($) => $.held.result.refused, { count: refused.length })}
      action={
        <Button size="xs" variant="default" onClick={onClose}>
          {t(($) => $.review.result.close)}
        </Button>
      }
    >
      {names.length > 0 && list(rest > 0 ? [...names, t(($) => $.review.more, { count: rest })] : names)}
    </Say>
  );
}
