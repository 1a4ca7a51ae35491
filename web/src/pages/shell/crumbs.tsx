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
