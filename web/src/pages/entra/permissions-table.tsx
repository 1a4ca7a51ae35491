// The two permissions in plain words, before anybody is asked for them: what each is used for, and what it cannot do.
import { IconShieldCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { iconProps } from '../../ui/icon.ts';
import { Sheet } from '../../ui/sheet.tsx';
import classes from './connect.module.css';

const permissions = [
  ['users', 'User.Read.All'],
  ['groups', 'GroupMember.Read.All'],
] as const;

export function PermissionsTable() {
  const { t } = useTranslation();
  return (
    <div className={classes.permissions}>
      <Sheet flush title={t(($) => $.connect.permissions.title)} lead={t(($) => $.connect.permissions.lead)}>
        <table className={classes.table} aria-label={t(($) => $.connect.permissions.title)}>
          <thead>
            <tr>
              <th scope="col">{t(($) => $.connect.permissions.permission)}</th>
              <th scope="col">{t(($) => $.connect.permissions.used)}</th>
              <th scope="col">{t(($) => $.connect.permissions.cannot)}</th>
            </tr>
          </thead>
          <tbody>
            {permissions.map(([key, name]) => (
              <tr key={key}>
                <th scope="row">
                  {t(($) => $.connect.permissions[key].name)}
                  <span className={classes.scope}>{name}</span>
                </th>
                <td data-label={t(($) => $.connect.permissions.used)}>{t(($) => $.connect.permissions[key].used)}</td>
                <td data-label={t(($) => $.connect.permissions.cannot)}>
                  {t(($) => $.connect.permissions[key].cannot)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Sheet>
      <p className={classes.roles}>
        <IconShieldCheck {...iconProps} />
        {t(($) => $.connect.permissions.roles)}
      </p>
    </div>
  );
}
