// Whether the app user is linked to somebody in Entra ID.
import { useTranslation } from 'react-i18next';
import type { AppUser } from '../../../../src/contract/api-people.ts';
import { paths } from '../../paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { PersonSyncButton } from '../entra/person-sync.tsx';
import classes from './people.module.css';

export function UserEntra({ organisationId, user }: { organisationId: string; user: AppUser }) {
  const { t } = useTranslation();
  const { entra } = user;
  return (
    <Sheet title={t(($) => $.people.user.entra)}>
      {entra === null ? (
        <p className={classes.small}>{t(($) => $.people.user.notLinked)}</p>
      ) : (
        <>
          <p>{t(($) => $.people.user.linkedTo, { name: entra.displayName })}</p>
          <p className={classes.small}>{entra.userPrincipalName}</p>
          <p className={classes.after}>
            <AppLink to={`${paths.entraUsers(organisationId, 'linked')}&q=${encodeURIComponent(user.displayName)}`}>
              {t(($) => $.people.user.showLinked)}
            </AppLink>
          </p>
          <p className={classes.after}>
            <AppLink to={paths.entraWhy(organisationId, { q: entra.userPrincipalName })}>
              {t(($) => $.why.of, { name: entra.displayName })}
            </AppLink>
          </p>
          <div className={classes.after}>
            <PersonSyncButton organisationId={organisationId} whom={{ appUserId: user.id }} name={user.displayName} />
          </div>
        </>
      )}
    </Sheet>
  );
}
