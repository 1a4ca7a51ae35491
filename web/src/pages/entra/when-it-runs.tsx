// *När den körs*: the mode, which can be switched here, the next run, and in short what is set on the other tabs.
import { Button, Group, Radio, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getBrakeLimits } from '../../../../src/contract/api-held.ts';
import { saveSchedule, type Connection } from '../../../../src/contract/api-connection.ts';
import { routeQuery, useCall } from '../../api/queries.ts';
import { useOrganisation } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Facts } from '../../ui/facts.tsx';
import { useFormat } from '../../ui/format.ts';
import { Moment } from '../../ui/moment.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { tell } from '../../ui/told.ts';
import classes from './entra.module.css';
import { isDefaultLimits } from './limits-draft.ts';

interface WhenProps {
  organisationId: string;
  connection: Connection;
}

export function WhenItRuns({ organisationId, connection }: WhenProps) {
  const { t } = useTranslation();
  const { list } = useFormat();
  const [isOpen, dialog] = useDisclosure(false);
  const { recipients } = connection;
  const limits = useQuery(routeQuery(getBrakeLimits, { params: { organisationId } })).data;
  const told = [
    ...(recipients.appUsers > 0 ? [t(($) => $.overview.when.users, { count: recipients.appUsers })] : []),
    ...(recipients.emails > 0 ? [t(($) => $.overview.when.emails, { count: recipients.emails })] : []),
  ];
  const change = (to: string, label: string) => (
    <AppLink to={to} aria-label={label}>
      {t(($) => $.overview.when.change)}
    </AppLink>
  );
  const mode = connection.mode ?? 'manual';
  return (
    <Sheet title={t(($) => $.overview.when.title)}>
      <Facts
        items={[
          [t(($) => $.overview.when.mode), t(($) => $.overview.when[mode])],
          [
            t(($) => $.overview.when.next),
            connection.nextRunAt === null ? (
              t(($) => $.overview.when.nextManual)
            ) : (
              <Moment key="next" at={connection.nextRunAt} />
            ),
          ],
          [
            t(($) => $.overview.when.scope),
            <span key="scope" className={classes.fact}>
              {connection.scope === 'groups' ? list(connection.groupNames) : t(($) => $.overview.when.scopeAll)}
              {change(
                paths.entraGroups(organisationId),
                t(($) => $.overview.when.changeScope),
              )}
            </span>,
          ],
          [
            t(($) => $.overview.when.fields),
            <span key="fields" className={classes.fact}>
              {t(($) => $.overview.when.fieldCount, { count: connection.mappingCount })}
              {change(
                paths.entraFields(organisationId),
                t(($) => $.overview.when.changeFields),
              )}
            </span>,
          ],
          [
            t(($) => $.overview.when.notices),
            <span key="notices" className={classes.fact}>
              {told.length === 0 ? t(($) => $.overview.when.nobody) : told.join(', ')}
              {change(
                paths.entraNotices(organisationId),
                t(($) => $.overview.when.changeNotices),
              )}
            </span>,
          ],
          [
            t(($) => $.held.limits.title),
            <span key="limits" className={classes.fact}>
              {limits === undefined
                ? '…'
                : isDefaultLimits(limits.limits)
                  ? t(($) => $.held.limits.default)
                  : t(($) => $.held.limits.own)}
              {change(
                paths.entraLimits(organisationId),
                t(($) => $.held.limits.changeOf),
              )}
            </span>,
          ],
        ]}
      />
      <Button className={classes.after ?? ''} variant="default" size="xs" onClick={dialog.open}>
        {t(($) => $.overview.when.changeMode)}
      </Button>
      <Dialog opened={isOpen} onClose={dialog.close} title={t(($) => $.overview.when.dialog)}>
        {isOpen && <ModeForm organisationId={organisationId} mode={mode} onClose={dialog.close} />}
      </Dialog>
    </Sheet>
  );
}

type Mode = NonNullable<Connection['mode']>;

function ModeForm({ organisationId, mode, onClose }: { organisationId: string; mode: Mode; onClose: () => void }) {
  const { t } = useTranslation();
  const zone = useOrganisation(organisationId)?.timeZone ?? '';
  const [chosen, setChosen] = useState(mode);
  const save = useCall(saveSchedule, {
    onSuccess: () => {
      tell(t(($) => $.overview.when.saved));
      onClose();
    },
  });
  return (
    <Stack>
      {save.isError && <ErrorState error={save.error} />}
      <Radio.Group
        aria-label={t(($) => $.overview.when.dialog)}
        value={chosen}
        onChange={(value) => setChosen(value === 'daily' ? 'daily' : 'manual')}
      >
        <Stack gap="sm">
          <Radio
            value="manual"
            label={t(($) => $.overview.when.manual)}
            description={t(($) => $.overview.when.manualHint)}
          />
          <Radio
            value="daily"
            label={t(($) => $.overview.when.daily)}
            description={t(($) => $.overview.when.dailyHint, { zone })}
          />
        </Stack>
      </Radio.Group>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t(($) => $.shell.action.cancel)}
        </Button>
        <Button
          loading={save.isPending}
          onClick={() => save.mutate({ params: { organisationId }, body: { mode: chosen } })}
        >
          {t(($) => $.shell.action.save)}
        </Button>
      </Group>
    </Stack>
  );
}
