// *Egna fält*: what only this organisation keeps of its people.
import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { IconForms, IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { createCustomField, listCustomFields } from '../../../../src/contract/api-people.ts';
import { routeQuery, useCall } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { NameDialog } from '../../forms/name-dialog.tsx';
import { ListBar } from '../../table/list-bar.tsx';
import { ListTable } from '../../table/list-table.tsx';
import { onePage } from '../../table/one-page.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { iconProps } from '../../ui/icon.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { tell } from '../../ui/told.ts';
import { PeopleHeader } from './people-header.tsx';
import classes from './people.module.css';

export function CustomFields() {
  const { t } = useTranslation();
  const { id: organisationId } = useMembership();
  const [isOpen, dialog] = useDisclosure(false);
  const fields = useQuery(routeQuery(listCustomFields, { params: { organisationId } }));
  const create = useCall(createCustomField, {
    onSuccess: ({ label }) => {
      tell(t(($) => $.people.fields.created, { label }));
      dialog.close();
    },
  });
  const close = () => {
    create.reset();
    dialog.close();
  };
  const add = (
    <Button size="xs" leftSection={<IconPlus {...iconProps} />} onClick={dialog.open}>
      {t(($) => $.people.fields.add)}
    </Button>
  );
  return (
    <>
      <PeopleHeader />
      <Sheet flush>
        <ListBar filters={<p className={classes.small}>{t(($) => $.people.fields.lead)}</p>} actions={add} />
        <ListTable
          label={t(($) => $.people.fields.list)}
          pages={onePage(fields)}
          columns={[
            { key: 'label', header: t(($) => $.people.fields.label), render: (row) => <strong>{row.label}</strong> },
            {
              key: 'key',
              header: t(($) => $.people.fields.key),
              render: (row) => <span className={classes.key}>{row.key}</span>,
            },
          ]}
          idOf={(row) => row.id}
          nameOf={(row) => row.label}
          empty={
            <EmptyState icon={IconForms} title={t(($) => $.people.fields.empty.title)} action={add}>
              {t(($) => $.people.fields.empty.next)}
            </EmptyState>
          }
        />
      </Sheet>
      <NameDialog
        opened={isOpen}
        onClose={close}
        title={t(($) => $.people.fields.addTitle)}
        label={t(($) => $.people.fields.label)}
        hint={t(($) => $.people.fields.labelHint)}
        missing={t(($) => $.people.fields.labelMissing)}
        lengthMax={60}
        submit={t(($) => $.people.fields.add)}
        busy={create.isPending}
        error={create.error}
        onSubmit={(label) => create.mutate({ params: { organisationId }, body: { label } })}
      />
    </>
  );
}
