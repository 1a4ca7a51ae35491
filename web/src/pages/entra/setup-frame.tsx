// The head of the set-up: where one is among the four steps, done ones to go back to.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { getConnection } from '../../../../src/contract/api-connection.ts';
import { steps, type Step } from '../../../../src/contract/settings.ts';
import { routeQuery } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { StepList } from '../../ui/step-list.tsx';
import { usePeopleCrumbs } from '../people/people-header.tsx';
import { Crumbs } from '../shell/crumbs.tsx';
import classes from './settings.module.css';

export function SetupFrame({ step, children }: { step: Step; children: ReactNode }) {
  const { t } = useTranslation();
  const { id: organisationId } = useMembership();
  const crumbs = usePeopleCrumbs({ label: t(($) => $.settings.title) });
  const connection = useQuery(routeQuery(getConnection, { params: { organisationId } })).data?.connection;
  const done = connection?.stepsDone ?? [];
  return (
    <>
      <Crumbs items={crumbs} />
      <PageHeader
        title={t(($) => $.settings.title)}
        lead={
          connection && (
            <Trans
              i18nKey={($) => $.settings.setup.lead}
              values={{ domain: connection.tenantDomains[0] ?? connection.tenantName }}
              components={{ 1: <strong /> }}
            />
          )
        }
      />
      <div className={classes.steps}>
        <StepList
          label={t(($) => $.settings.steps.label)}
          doneWord={t(($) => $.settings.steps.done)}
          steps={steps.map((key) => ({
            key,
            label: t(($) => $.settings.steps[key]),
            done: done.includes(key),
            current: key === step,
            ...(isReachable(key, done) && key !== step ? { to: paths.entraSetup(organisationId, key) } : {}),
          }))}
        />
      </div>
      {children}
    </>
  );
}

/** All steps before it are done. */
export function isReachable(step: Step, done: readonly Step[]): boolean {
  return steps.slice(0, steps.indexOf(step)).every((one) => done.includes(one));
}
