// Where one is, with the way back up.
import { useTranslation } from 'react-i18next';
import { AppLink } from '../../ui/app-link.tsx';
import classes from './shell.module.css';

export interface Crumb {
  label: string;
  to?: string;
}

/** The last one is the present page. */
export function Crumbs({ items }: { items: readonly Crumb[] }) {
  const { t } = useTranslation();
  return (
    <nav className={classes.crumbs} aria-label={t(($) => $.shell.crumbs)}>
      <ol>
        {items.map(({ label, to }, index) => (
          <li key={label}>
            {to === undefined || index === items.length - 1 ? (
              <span {...(index === items.length - 1 ? { 'aria-current': 'page' as const } : {})}>{label}</span>
            ) : (
              <AppLink to={to} className={undefined}>
                {label}
              </AppLink>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** Inställningar › organisation › …: the crumbs of every settings page begin like this. */
export function useSettingsCrumbs(organisation: { id: string; name: string }, paths: { settings: string; organisation: string }): Crumb[] {
  const { t } = useTranslation();
  return [
    { label: t(($) => $.people.settings.title), to: paths.settings },
    { label: organisation.name, to: paths.organisation },
  ];
}
