// The real person beside whose name the fields are shown: another one by search or by going on.
import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { IconUserSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getExamplePerson } from '../../../../src/contract/api-connection.ts';
import type { Output } from '../../api/client.ts';
import { routeQuery } from '../../api/queries.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { iconProps } from '../../ui/icon.ts';
import { Say } from '../../ui/say.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import classes from './fields.module.css';

export interface Example {
  /** Null when nobody was found, undefined while it is read. */
  data: Output<typeof getExamplePerson>['person'] | undefined;
  error: unknown;
  refetch: () => void;
  search: string;
  setSearch: (search: string) => void;
  showNext: () => void;
}

const skipMax = 50;

export function useExamplePerson(organisationId: string): Example {
  const [search, setSearch] = useState('');
  const [skip, setSkip] = useState(0);
  const found = useQuery({
    ...routeQuery(getExamplePerson, { params: { organisationId }, query: { search, skip } }),
    placeholderData: keepPreviousData,
    staleTime: 300_000,
  });
  return {
    data: found.data?.person,
    error: found.error,
    refetch: () => void found.refetch(),
    search,
    setSearch: (text) => {
      setSearch(text);
      setSkip(0);
    },
    showNext: () => setSkip((skip + 1) % (skipMax + 1)),
  };
}

export function ExamplePerson({ example }: { example: Example }) {
  const { t } = useTranslation();
  const [isChoosing, setChoosing] = useState(false);
  const { data, error } = example;
  if (error !== null) {
    return (
      <div className={classes.person}>
        <ErrorState error={error} onRetry={example.refetch} />
        <p className={classes.note}>{t(($) => $.fields.exampleFailed)}</p>
      </div>
    );
  }
  if (data === undefined) return null;
  const isSearching = isChoosing || data === null;
  return (
    <div className={classes.person}>
      <Say
        tone="info"
        title={
          data === null
            ? t(($) => $.fields.exampleNone.title)
            : t(($) => $.fields.exampleFor, { name: data.displayName })
        }
        {...(isSearching ? { action: <Choose example={example} /> } : {})}
      >
        {data === null ? t(($) => $.fields.exampleNone.text) : t(($) => $.fields.exampleText)}{' '}
        {data !== null && (
          <button
            type="button"
            className={classes.linkButton}
            aria-expanded={isSearching}
            onClick={() => setChoosing(!isChoosing)}
          >
            {t(($) => $.fields.changePerson)}
          </button>
        )}
      </Say>
    </div>
  );
}

function Choose({ example }: { example: Example }) {
  const { t } = useTranslation();
  return (
    <>
      <SearchField
        label={t(($) => $.fields.searchPerson)}
        value={example.search}
        onSearch={example.setSearch}
        className={classes.search}
      />
      <Button variant="default" leftSection={<IconUserSearch {...iconProps} />} onClick={example.showNext}>
        {t(($) => $.fields.nextPerson)}
      </Button>
    </>
  );
}
