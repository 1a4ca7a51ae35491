// What has happened to a link, step by step, in the words of whoever asked for it.
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { ConnectLink, ConnectLinkEvent } from '../../../../src/contract/api-connection.ts';
import { Moment } from '../../ui/moment.tsx';
import classes from './connect.module.css';

export function LinkHistory({ link, label }: { link: ConnectLink; label: string }) {
  const { t } = useTranslation();
  return (
    <ol className={classes.history} aria-label={label}>
      {link.events.map((event) => (
        <li key={event.kind}>
          <span className={classes.historyWords}>
            {wordsOf(t, event)}
            {event.permissions.length > 0 && (
              <span className={classes.state}>
                {t(($) => $.connect.link.events.usedPermissions, { permissions: event.permissions.join(', ') })}
              </span>
            )}
          </span>
          <span className={classes.historyTime}>
            <Moment at={event.at} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function wordsOf(t: TFunction, { kind, by, address }: ConnectLinkEvent): string {
  return t(($) => $.connect.link.events[kind], { name: by ?? '', address: address ?? '' });
}
