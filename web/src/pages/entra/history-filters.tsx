// The filters of *Historik*: kept in the address, so that a link leads to what one was looking at.
import { Button, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { listHistoryActors } from '../../../../src/contract/api-history.ts';
import { routeQuery } from '../../api/queries.ts';
import { useSearchParam } from '../../search.ts';
import classes from './history.module.css';

const day = /^(19|20|21)\d\d-\d\d-\d\d$/;

/** Those that both lists have: who, and which days. */
export function useHistoryFilter() {
  const [actorId, setActor] = useSearchParam('by');
  const [from, setFrom] = useSearchParam('from');
  const [until, setUntil] = useSearchParam('until');
  return {
    actor: [actorId, setActor] as const,
    from: [from, setFrom] as const,
    until: [until, setUntil] as const,
    /** For the query; half a date, as one types, is none. */
    filter: {
      ...(actorId === '' ? {} : { actorId }),
      ...(day.test(from) ? { from } : {}),
      ...(day.test(until) ? { until } : {}),
    },
  };
}

interface HistoryFiltersProps {
  organisationId: string;
  filter: ReturnType<typeof useHistoryFilter>;
  isFiltered: boolean;
  children: ReactNode;
}

export function HistoryFilters({ organisationId, filter, isFiltered, children }: HistoryFiltersProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const actors = useQuery(routeQuery(listHistoryActors, { params: { organisationId } })).data;
  return (
    <div className={classes.bar}>
      {children}
      <Choice
        label={t(($) => $.history.filter.actor)}
        all={t(($) => $.history.filter.allActors)}
        data={(actors?.items ?? []).map(({ id, displayName }) => ({ value: id, label: displayName || id }))}
        value={filter.actor}
      />
      <Day label={t(($) => $.history.filter.from)} value={filter.from} />
      <Day label={t(($) => $.history.filter.until)} value={filter.until} />
      {isFiltered && (
        <Button
          className={classes.plain ?? ''}
          variant="subtle"
          color="gray"
          onClick={() => void navigate({ to: '.', search: {}, replace: true, resetScroll: false })}
        >
          {t(($) => $.history.filter.clear)}
        </Button>
      )}
    </div>
  );
}

type Value = readonly [string, (value: string) => void];

interface ChoiceProps {
  label: string;
  all: string;
  data: { value: string; label: string }[];
  value: Value;
}

export function Choice({ label, all, data, value: [value, setValue] }: ChoiceProps) {
  return (
    <Select
      label={label}
      placeholder={all}
      data={data}
      value={value === '' ? null : value}
      onChange={(chosen) => setValue(chosen ?? '')}
      searchable={data.length > searchableFrom}
      clearable
    />
  );
}

const searchableFrom = 12;

function Day({ label, value: [value, setValue] }: { label: string; value: Value }) {
  return (
    <TextInput
      type="date"
      label={label}
      value={value}
      min="1970-01-01"
      max="2199-12-31"
      onChange={(event) => setValue(event.currentTarget.value)}
    />
  );
}
