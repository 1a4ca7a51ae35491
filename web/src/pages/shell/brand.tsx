// The mark: two views that overlap.
import { AppLink } from '../../ui/app-link.tsx';
import { paths } from '../../paths.ts';
import classes from './shell.module.css';

export function Brand() {
  return (
    <AppLink to={paths.home()} className={classes.brand}>
      <Mark />
      Samsyn
    </AppLink>
  );
}

export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg className={classes.mark} viewBox="0 0 22 22" width={size} height={size} aria-hidden>
      <circle cx="14" cy="11" r="7" fill="var(--fjord)" opacity=".45" />
      <circle cx="8" cy="11" r="7" fill="var(--fjord)" />
    </svg>
  );
}
