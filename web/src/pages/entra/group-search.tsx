// Searching the tenant's groups as one types, asked of Microsoft; before anything is typed, groups that are often made for this.
import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { searchGroups } from '../../../../src/contract/api-connection.ts';
import type { Output } from '../../api/client.ts';
import { routeQuery } from '../../api/queries.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { focusNeighbour } from '../../ui/focus-neighbour.ts';
import { Loading } from '../../ui/loading.tsx';
import { ScreenReader } from '../../ui/screen-reader.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Tag } from '../../ui/tag.tsx';
import classes from './settings.module.css';

export interface ChosenGroup {
  id: string;
  name: string;
}
type DirectoryGroup = Output<typeof searchGroups>['items'][number];

interface GroupSearchProps {
  organisationId: string;
  chosen: readonly string[];
  onAdd: (group: DirectoryGroup) => void;
}

export function GroupSearch({ organisationId, chosen, onAdd }: GroupSearchProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const found = useQuery({
    ...routeQuery(searchGroups, { params: { organisationId }, query: { search } }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const { data } = found;
  const rows = (search === '' ? data?.suggested : data?.items) ?? [];
  const label = search === '' ? t(($) => $.settings.groups.suggested) : t(($) => $.settings.groups.results);
  return (
    <div className={classes.list}>
      <SearchField
        label={t(($) => $.settings.groups.search)}
        placeholder={t(($) => $.settings.groups.searchHint)}
        value={search}
        onSearch={setSearch}
      />
      {found.isError && (
        <div className={classes.below}>
          <ErrorState error={found.error} onRetry={() => void found.refetch()} />
        </div>
      )}
      {found.isPending && <Loading />}
      {data !== undefined && (
        <div className={`${classes.below} ${found.isPlaceholderData ? classes.counting : ''}`}>
          {rows.length > 0 && (
            <>
              <h3>{label}</h3>
              {search === '' && <p className={classes.quiet}>{t(($) => $.settings.groups.suggestedLead)}</p>}
              <ul className={`${classes.rows} ${classes.scrolling}`} aria-label={label}>
                {rows.map((group) => (
                  <GroupRow
                    key={group.id}
                    group={group}
                    isChosen={chosen.includes(group.id)}
                    onAdd={() => onAdd(group)}
                  />
                ))}
              </ul>
            </>
          )}
          {search === '' && rows.length === 0 && (
            <p className={classes.quiet}>{t(($) => $.settings.groups.startTyping)}</p>
          )}
          {search !== '' && rows.length === 0 && !found.isPlaceholderData && (
            <p className={classes.quiet}>{t(($) => $.settings.groups.nothing, { search })}</p>
          )}
          {search !== '' && !found.isPlaceholderData && (
            <ScreenReader live>{t(($) => $.settings.groups.found, { count: rows.length })}</ScreenReader>
          )}
        </div>
      )}
    </div>
  );
}

function GroupRow({ group, isChosen, onAdd }: { group: DirectoryGroup; isChosen: boolean; onAdd: () => void }) {
  const { t } = useTranslation();
  const { name, description, people } = group;
  const count =
    people === null
      ? t(($) => $.settings.groups.peopleUnknown)
      : `${t(($) => $.settings.groups.people, { count: people })}, ${t(($) => $.settings.groups.nested)}`;
  return (
    <li>
      <span className={classes.rowText}>
        <span className={classes.rowName}>{name}</span>
        <span className={classes.rowLine}>
          {count}
          {description !== null && description !== '' && ` · ${description}`}
        </span>
      </span>
      {isChosen ? (
        <Tag tone="ok">{t(($) => $.settings.groups.added)}</Tag>
      ) : (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={15} stroke={1.6} aria-hidden />}
          aria-label={t(($) => $.settings.groups.addOf, { name })}
          data-row-action
          onClick={(event) => {
            focusNeighbour(event.currentTarget);
            onAdd();
          }}
        >
          {t(($) => $.settings.groups.add)}
        </Button>
      )}
    </li>
  );
}
