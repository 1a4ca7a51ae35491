// A list that the server gives whole, in the form that ListTable shows.
import type { Pages } from './list-table.tsx';

interface Whole<T> {
  data: { items: T[] } | undefined;
  error: unknown;
  refetch: () => unknown;
}

export function onePage<T>({ data, error, refetch }: Whole<T>): Pages<T> {
  return {
    data: data === undefined ? undefined : { rows: data.items, total: data.items.length, totalIsCapped: false },
    error,
    refetch,
    isPlaceholderData: false,
    hasNextPage: false,
    isFetchingNextPage: false,
    fetchNextPage: () => undefined,
  };
}
