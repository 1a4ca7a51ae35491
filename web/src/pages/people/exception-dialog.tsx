// Asks for an exception: which field, why, who is responsible, and until when.
import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { makeException } from '../../../../src/contract/api-exceptions.ts';
import { listAppUsers, type AppUser } from '../../../../src/contract/api-people.ts';
import { targetFieldSchema, type TargetField } from '../../../../src/contract/settings.ts';
import { isApiError } from '../../api/api-error.ts';
import { routeQuery, useCall } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { useFieldLabel } from '../../forms/field-labels.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { tell } from '../../ui/told.ts';

interface ExceptionDialogProps {
  organisationId: string;
  user: AppUser;
  /** Of which an exception can be made. */
  fields: readonly TargetField[];
  onClose: () => void;
}

export function ExceptionDialog(props: ExceptionDialogProps) {
  const { t } = useTranslation();
  const { user, onClose } = props;
  return (
    <Dialog opened onClose={onClose} title={t(($) => $.people.user.exceptions.addTitle, { name: user.displayName })}>
      <ExceptionForm {...props} />
    </Dialog>
  );
}

function ExceptionForm({ organisationId, user, fields, onClose }: ExceptionDialogProps) {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId);
  const { appUserId } = useMembership();
  const [field, setField] = useState<TargetField | null>(null);
  const [reason, setReason] = useState('');
  const [ownerId, setOwnerId] = useState(appUserId);
  const [until, setUntil] = useState('');
  const [isTried, setIsTried] = useState(false);
  const make = useCall(makeException, {
    onSuccess: (_, { body }) => {
      tell(t(($) => $.people.user.exceptions.made, { field: label(body.field) }));
      onClose();
    },
  });
  const isPast = isApiError(make.error, 'invalid_input') && make.error.fields.some(({ path }) => path === 'until');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (field === null || reason.trim() === '') return;
    make.mutate({
      params: { organisationId, id: user.id },
      body: { field, reason: reason.trim(), ownerId, until: until === '' ? null : until },
    });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {make.isError && !isPast && <ErrorState error={make.error} />}
        <Select
          label={t(($) => $.people.user.exceptions.field)}
          description={t(($) => $.people.user.exceptions.fieldHint)}
          data={fields.map((one) => ({ value: one, label: label(one) }))}
          value={field}
          onChange={(value) => setField(targetFieldSchema.safeParse(value).data ?? null)}
          error={isTried && field === null ? t(($) => $.people.user.exceptions.fieldMissing) : null}
          data-autofocus
        />
        <TextInput
          label={t(($) => $.people.user.exceptions.reason)}
          description={t(($) => $.people.user.exceptions.reasonHint)}
          maxLength={200}
          autoComplete="off"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          error={isTried && reason.trim() === '' ? t(($) => $.people.user.exceptions.reasonMissing) : null}
        />
        <Owner organisationId={organisationId} value={ownerId} onChange={setOwnerId} />
        <TextInput
          type="date"
          label={t(($) => $.people.user.exceptions.until)}
          description={t(($) => $.people.user.exceptions.untilHint)}
          value={until}
          onChange={(event) => {
            // What was said of another day no longer counts.
            make.reset();
            setUntil(event.currentTarget.value);
          }}
          error={isPast ? t(($) => $.people.user.exceptions.untilPast) : null}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t(($) => $.shell.action.cancel)}
          </Button>
          <Button type="submit" loading={make.isPending}>
            {t(($) => $.people.user.exceptions.save)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const pauseMilliseconds = 250;

function Owner(props: { organisationId: string; value: string; onChange: (id: string) => void }) {
  const { t } = useTranslation();
  const { organisationId, value, onChange } = props;
  const own = useMembership().displayName;
  const [chosen, setChosen] = useState({ value, label: own });
  const [text, setText] = useState(own);
  const [search] = useDebouncedValue(text === chosen.label ? '' : text.trim(), pauseMilliseconds);
  const found = useQuery({
    ...routeQuery(listAppUsers, { params: { organisationId }, query: { search, limit: 20 } }),
    placeholderData: keepPreviousData,
  });
  const others = (found.data?.items ?? []).filter(({ id }) => id !== chosen.value);
  return (
    <Select
      label={t(($) => $.people.user.exceptions.owner)}
      placeholder={t(($) => $.people.user.exceptions.ownerHint)}
      data={[chosen, ...others.map((one) => ({ value: one.id, label: one.displayName }))]}
      // The server has searched, names and addresses alike.
      filter={({ options }) => options}
      searchable
      allowDeselect={false}
      value={value}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id, option) => {
        if (id === null || option === null) return;
        setChosen({ value: id, label: option.label });
        onChange(id);
      }}
      maxDropdownHeight={240}
    />
  );
}
