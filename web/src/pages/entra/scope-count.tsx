// How many people a choice has right now, asked of Microsoft whenever the choice is changed.
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { countScope } from '../../../../src/contract/api-connection.ts';
import type { GroupsSettings } from '../../../../src/contract/settings.ts';
import { call } from '../../api/client.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import classes from './settings.module.css';

const pauseMilliseconds = 300;

interface ScopeCountProps {
  organisationId: string;
  /** Null while something is missing; then `missing` says what. */
  choice: GroupsSettings | null;
  missing: string | undefined;
}

export function ScopeCount({ organisationId, choice, missing }: ScopeCountProps) {
  const { t } = useTranslation();
  // By its text, so that the same choice is not a new one at each drawing.
  const [text] = useDebouncedValue(choice === null ? null : JSON.stringify(choice), pauseMilliseconds);
  const isChosen = choice !== null;
  const counted = useQuery({
    queryKey: [organisationId, countScope.path, text],
    queryFn: ({ signal }) => {
      const body = countScope.body.parse(JSON.parse(text ?? 'null'));
      return call(countScope, { params: { organisationId }, body }, { signal });
    },
    enabled: isChosen && text !== null,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
  const isCounting = isChosen && (counted.isFetching || text !== JSON.stringify(choice));
  const { data } = counted;
  return (
    <Sheet title={t(($) => $.settings.groups.count)} className={classes.count}>
      {!isChosen && <p className={classes.quiet}>{missing}</p>}
      {isChosen && counted.isError && !isCounting && (
        <ErrorState error={counted.error} onRetry={() => void counted.refetch()} />
      )}
      <output>
        {isCounting
          ? t(($) => $.settings.groups.counting)
          : isChosen && data !== undefined && !counted.isError && <Words {...data} />}
      </output>
      {isChosen && !isCounting && data?.exact === false && (
        <p className={classes.quiet}>{t(($) => $.settings.groups.aboutHint)}</p>
      )}
    </Sheet>
  );
}

function Words({ people, exact }: { people: number; exact: boolean }) {
  const { t } = useTranslation();
  return exact
    ? t(($) => $.settings.groups.exact, { count: people })
    : t(($) => $.settings.groups.about, { count: people });
}
