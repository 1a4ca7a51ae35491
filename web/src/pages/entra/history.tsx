// *Historik*: what changed on people, and what administrators decided. Readable also after the sync was turned off.
import { useTranslation } from 'react-i18next';
import { useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { EntraFrame } from './entra-frame.tsx';
import classes from './entra.module.css';
import { HistoryChanges } from './history-changes.tsx';
import { HistoryDecisions } from './history-decisions.tsx';

export function EntraHistory() {
  const { id: organisationId } = useMembership();
  return (
    <EntraFrame isHistory>
      <div className={classes.stack}>
        <Parts organisationId={organisationId} current="changes" />
        <HistoryChanges organisationId={organisationId} />
      </div>
    </EntraFrame>
  );
}

export function EntraDecisions() {
  const { id: organisationId } = useMembership();
  return (
    <EntraFrame isHistory>
      <div className={classes.stack}>
        <Parts organisationId={organisationId} current="decisions" />
        <HistoryDecisions organisationId={organisationId} />
      </div>
    </EntraFrame>
  );
}

function Parts({ organisationId, current }: { organisationId: string; current: 'changes' | 'decisions' }) {
  const { t } = useTranslation();
  const parts = [
    ['changes', paths.entraHistory(organisationId)],
    ['decisions', paths.entraDecisions(organisationId)],
  ] as const;
  return (
    <nav aria-label={t(($) => $.history.tabs.label)}>
      <ul className={classes.chips}>
        {parts.map(([part, to]) => (
          <li key={part}>
            <AppLink
              to={to}
              className={classes.chip}
              {...(part === current ? { 'aria-current': 'page' as const } : {})}
            >
              {t(($) => $.history.tabs[part])}
            </AppLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
