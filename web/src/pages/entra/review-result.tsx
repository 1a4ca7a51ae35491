// Who could not be taken along in what was just done, each with the reason.
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { errorCodes } from '../../../../src/contract/errors.ts';
import { Say } from '../../ui/say.tsx';
import classes from './entra.module.css';
import type { DeedResult } from './review-deed.ts';

const namesMax = 8;

export function ReviewResult({ result, onClose }: { result: DeedResult; onClose: () => void }) {
  const { t } = useTranslation();
  const { refused, done, what } = result;
  if (refused.length === 0) return null;
  const reasonOf = (code: string) => {
    const known = errorCodes.find((one) => one === code);
    if (known === undefined) return t(($) => $.review.result.refusedPlain);
    return `${t(($) => $.errors[known].title)} ${t(($) => $.errors[known].next)}`;
  };
  const rest = refused.length - namesMax;
  return (
    <Say
      tone="hold"
      live
      title={t(($) => $.review.result.refused, { count: refused.length })}
      action={
        <Button size="xs" variant="default" onClick={onClose}>
          {t(($) => $.review.result.close)}
        </Button>
      }
    >
      <ul className={classes.refused}>
        {refused.slice(0, namesMax).map((one) => (
          <li key={one.id}>
            {one.name === '' ? null : <span className={classes.strong}>{one.name}: </span>}
            {reasonOf(one.code)}
          </li>
        ))}
        {rest > 0 && <li>{t(($) => $.review.result.more, { count: rest })}</li>}
      </ul>
      {done > 0 && <p>{t(($) => $.review.result[what], { count: done })}</p>}
    </Say>
  );
}
