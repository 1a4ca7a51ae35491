// Linking by hand: which of several candidates is the person, or a search for the other side of the link.
import { Button, Group, Radio, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { searchAppUsers, searchDirectory, type ReviewRow } from '../../../../src/contract/api-review.ts';
import { routeQuery } from '../../api/queries.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import classes from './entra.module.css';
import { onlyCandidate, rowName } from './review-deed.ts';

/** What a dialog of this file ends with: the two sides of the link. */
export type Picked = { row: ReviewRow; appUserId: string };

export type PickWhat = 'choose' | 'linkTo' | 'linkPerson';

interface PickProps {
  organisationId: string;
  row: ReviewRow;
  busy: boolean;
  error: unknown;
  onPick: (picked: Picked) => void;
  onClose: () => void;
}

export function ReviewPick({ what, ...props }: PickProps & { what: PickWhat }) {
  const { t } = useTranslation();
  const [isSearching, setIsSearching] = useState(what !== 'choose');
  const shown = what === 'choose' && isSearching ? 'linkTo' : what;
  return (
    <Dialog
      opened
      onClose={props.onClose}
      size="lg"
      title={t(($) => $.review.dialog[shown].title, { name: rowName(props.row) })}
    >
      {shown === 'choose' && <Candidates {...props} onSearch={() => setIsSearching(true)} />}
      {shown === 'linkTo' && <AppUserSearch {...props} />}
      {shown === 'linkPerson' && <DirectorySearch {...props} />}
    </Dialog>
  );
}

function Candidates({ row, onSearch, ...props }: PickProps & { onSearch: () => void }) {
  const { t } = useTranslation();
  const options = row.candidates.map(({ id, displayName, email, reasons }) => ({
    id,
    name: displayName,
    line: [email ?? t(($) => $.review.noEmail), ...reasons.map((reason) => t(($) => $.review.reason[reason]))].join(
      ' · ',
    ),
  }));
  return (
    <Stack>
      <p className={classes.small}>{t(($) => $.review.dialog.choose.text)}</p>
      <Choice
        {...props}
        label={t(($) => $.review.dialog.choose.label)}
        options={options}
        initial={onlyCandidate(row) ?? null}
        onPick={(appUserId) => props.onPick({ row, appUserId })}
        before={
          <Button variant="subtle" size="xs" className={classes.start ?? ''} onClick={onSearch}>
            {t(($) => $.review.dialog.choose.other)}
          </Button>
        }
      />
    </Stack>
  );
}

function AppUserSearch({ organisationId, row, ...props }: PickProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const found = useQuery({
    ...routeQuery(searchAppUsers, { params: { organisationId }, query: search === '' ? {} : { search } }),
    placeholderData: (before) => before,
  });
  const options = found.data?.items.map(({ id, displayName, email }) => ({
    id,
    name: displayName,
    line: email ?? t(($) => $.review.noEmail),
  }));
  return (
    <Stack>
      <p className={classes.small}>{t(($) => $.review.dialog.linkTo.text)}</p>
      <SearchField
        label={t(($) => $.review.dialog.linkTo.search)}
        placeholder={t(($) => $.review.dialog.linkTo.hint)}
        value={search}
        onSearch={setSearch}
        first
      />
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {options === undefined ? (
        found.isPending && <Loading />
      ) : (
        <Choice
          {...props}
          key={search}
          label={t(($) => $.review.dialog.linkTo.results)}
          options={options}
          nothing={t(($) => $.review.dialog.linkTo.nothing)}
          onPick={(appUserId) => props.onPick({ row, appUserId })}
        />
      )}
    </Stack>
  );
}

function DirectorySearch({ organisationId, row, ...props }: PickProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const found = useQuery({
    ...routeQuery(searchDirectory, { params: { organisationId }, query: search === '' ? {} : { search } }),
    placeholderData: (before) => before,
  });
  const items = found.data?.items;
  const pick = (objectId: string) => {
    const person = items?.find(({ id }) => id === objectId);
    if (person === undefined || row.appUser === null) return;
    props.onPick({ row: { ...row, person }, appUserId: row.appUser.id });
  };
  return (
    <Stack>
      <p className={classes.small}>{t(($) => $.review.dialog.linkTo.text)}</p>
      <SearchField
        label={t(($) => $.review.dialog.linkPerson.search)}
        placeholder={t(($) => $.review.dialog.linkTo.hint)}
        value={search}
        onSearch={setSearch}
        first
      />
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {items === undefined ? (
        found.isPending && <Loading />
      ) : (
        <Choice
          {...props}
          key={search}
          label={t(($) => $.review.dialog.linkPerson.results)}
          options={items.map((person) => ({
            id: person.id,
            name: person.displayName,
            line: [
              person.mail ?? person.userPrincipalName,
              person.jobTitle,
              ...person.marks.map(({ mark }) => t(($) => $.review.mark[mark])),
            ]
              .filter((part) => part !== null)
              .join(' · '),
          }))}
          nothing={t(($) => $.review.dialog.linkPerson.nothing)}
          onPick={pick}
        />
      )}
    </Stack>
  );
}

// The searches answer at most so many: then there may be more.
const searchMax = 20;

interface ChoiceProps extends Pick<PickProps, 'busy' | 'error' | 'onClose'> {
  label: string;
  options: readonly { id: string; name: string; line: string }[];
  initial?: string | null;
  nothing?: string;
  before?: ReactNode;
  onPick: (id: string) => void;
}

function Choice({ label, options, initial = null, nothing, before, busy, error, onPick, onClose }: ChoiceProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(initial);
  return (
    <>
      {options.length === 0 ? (
        <output className={classes.small}>{nothing}</output>
      ) : (
        <Radio.Group
          label={label}
          value={chosen}
          onChange={setChosen}
          classNames={{ label: classes.choiceLabel ?? '' }}
        >
          <div className={classes.choices}>
            {options.map(({ id, name, line }) => (
              <Radio key={id} value={id} label={name} description={line} />
            ))}
          </div>
        </Radio.Group>
      )}
      {options.length >= searchMax && <p className={classes.small}>{t(($) => $.review.dialog.linkTo.first)}</p>}
      {before}
      {error !== null && error !== undefined && <ErrorState error={error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t(($) => $.shell.action.cancel)}
        </Button>
        <DisabledReason reason={chosen === null ? t(($) => $.review.dialog.choose.pick) : undefined}>
          <Button loading={busy} onClick={() => chosen !== null && onPick(chosen)}>
            {t(($) => $.review.dialog.choose.confirm)}
          </Button>
        </DisabledReason>
      </Group>
    </>
  );
}
