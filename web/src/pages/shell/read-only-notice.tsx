// On top of every page of a server that shows and changes nothing, because the key of its secrets is missing or another one (F69).
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { getServerInfo } from '../../../../src/contract/api-session.ts';
import { routeQuery } from '../../api/queries.ts';
import { Say } from '../../ui/say.tsx';
import classes from './shell.module.css';

export function ReadOnlyNotice() {
  const { t } = useTranslation();
  const reason = useQuery(routeQuery(getServerInfo, {})).data?.readOnly ?? null;
  if (reason === null) return null;
  return (
    <div className={classes.notice}>
      <Say tone="bad" title={t(($) => $.shell.readOnly.title)}>
        {t(($) => $.shell.readOnly[reason])} {t(($) => $.shell.readOnly.next)}
      </Say>
    </div>
  );
}
