// Adding who is told: an app user found by search, or any e-mail address.
import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { listRecipientChoices } from '../../../../src/contract/api-connection.ts';
import { emailSchema } from '../../../../src/contract/common.ts';
import { routeQuery } from '../../api/queries.ts';
import { useErrorWords } from '../../ui/error-state.tsx';
import { iconProps } from '../../ui/icon.ts';
import { Person } from '../../ui/person.tsx';
import type { Choice } from './recipient-names.ts';
import classes from './settings.module.css';

const pauseMilliseconds = 250;

interface AddUserProps {
  organisationId: string;
  taken: readonly string[];
  onAdd: (user: Choice) => void;
}

export function AddUser({ organisationId, taken, onAdd }: AddUserProps) {
  const { t } = useTranslation();
  const words = useErrorWords();
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), pauseMilliseconds);
  const found = useQuery({
    ...routeQuery(listRecipientChoices, { params: { organisationId }, query: { search } }),
    placeholderData: keepPreviousData,
  });
  const users = (found.data?.items ?? []).filter(({ id }) => !taken.includes(id));
  return (
    <Select
      label={t(($) => $.settings.notices.addUser)}
      placeholder={t(($) => $.settings.notices.addUserHint)}
      leftSection={<IconSearch {...iconProps} />}
      rightSection={null}
      data={users.map(({ id, displayName }) => ({ value: id, label: displayName }))}
      // The server has searched, names and addresses alike.
      filter={({ options }) => options}
      renderOption={({ option }) => {
        const user = users.find(({ id }) => id === option.value);
        return <Person name={option.label} id={option.value} line={user?.email} />;
      }}
      nothingFoundMessage={found.isFetching ? t(($) => $.shell.list.loading) : t(($) => $.settings.notices.nobody)}
      error={found.isError ? words(found.error).title : null}
      searchable
      data-adds-rows
      value={null}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id) => {
        const user = users.find((one) => one.id === id);
        if (user === undefined) return;
        onAdd(user);
        setText('');
      }}
      maxDropdownHeight={320}
    />
  );
}

interface AddEmailProps {
  /** In small letters. */
  taken: readonly string[];
  onAdd: (email: string) => void;
}

export function AddEmail({ taken, onAdd }: AddEmailProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [isTried, setIsTried] = useState(false);
  const email = emailSchema.safeParse(text.trim());
  const wrong = !email.success
    ? t(($) => $.settings.notices.emailInvalid)
    : taken.includes(email.data.toLowerCase())
      ? t(($) => $.settings.notices.emailTaken)
      : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (!email.success || wrong !== null) return;
    onAdd(email.data);
    setText('');
    setIsTried(false);
  };
  return (
    <form className={classes.addEmail} onSubmit={submit} noValidate>
      <TextInput
        type="email"
        label={t(($) => $.settings.notices.addEmail)}
        placeholder={t(($) => $.settings.notices.emailHint)}
        autoComplete="off"
        maxLength={254}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={isTried ? wrong : null}
      />
      <Button type="submit" variant="default" leftSection={<IconPlus {...iconProps} />}>
        {t(($) => $.settings.notices.add)}
      </Button>
    </form>
  );
}
