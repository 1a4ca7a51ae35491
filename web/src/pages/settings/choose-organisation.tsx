// *Välj organisation*: the organisations one belongs to; shown also when there is only one.
import { IconChevronRight, IconLock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { may, useSession, type Membership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { iconProps } from '../../ui/icon.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Crumbs } from '../shell/crumbs.tsx';
import classes from './settings.module.css';

export function ChooseOrganisation() {
  const { t } = useTranslation();
  const { organisations } = useSession();
  return (
    <>
      <Crumbs items={[{ label: t(($) => $.people.settings.title) }]} />
      <PageHeader title={t(($) => $.people.settings.choose)} lead={t(($) => $.people.settings.lead)} />
      <div className={classes.column}>
        <ul className={classes.list}>
          {organisations.map((one) => (
            <li key={one.id}>
              <Row organisation={one} />
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

function Row({ organisation }: { organisation: Membership }) {
  const { t } = useTranslation();
  const isOpen = may(organisation, 'users_and_teams');
  const content = (
    <>
      <span className={classes.mark} aria-hidden>
        {organisation.name.slice(0, 1).toLocaleUpperCase('sv')}
      </span>
      <span className={classes.text}>
        <span className={classes.name}>{organisation.name}</span>
        {!isOpen && <span className={classes.line}>{t(($) => $.people.settings.noPermission)}</span>}
      </span>
      {isOpen ? <IconChevronRight {...iconProps} /> : <IconLock {...iconProps} />}
    </>
  );
  if (!isOpen) return <div className={`${classes.row} ${classes.off}`}>{content}</div>;
  return (
    <AppLink to={paths.organisation(organisation.id)} className={classes.row}>
      {content}
    </AppLink>
  );
}
