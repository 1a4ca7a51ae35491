// Which rows of a list are chosen: kept by id while one scrolls and searches, at most what a bulk action takes.
import { useCallback, useMemo, useState } from 'react';
import { selectionMax } from '../../../src/contract/common.ts';

export interface Selection {
  ids: ReadonlySet<string>;
  count: number;
  isFull: boolean;
  has: (id: string) => boolean;
  toggle: (id: string) => void;
  /** Adds all shown rows, or takes them away when all are in. */
  toggleAll: (ids: readonly string[]) => void;
  clear: () => void;
}

export function useSelection(max: number = selectionMax): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(() => new Set());
  const toggle = useCallback(
    (id: string) =>
      setIds((before) => {
        const after = new Set(before);
        if (!after.delete(id) && after.size < max) after.add(id);
        return after;
      }),
    [max],
  );
  const toggleAll = useCallback(
    (shown: readonly string[]) =>
      setIds((before) => {
        const after = new Set(before);
        if (shown.every((id) => before.has(id))) for (const id of shown) after.delete(id);
        else for (const id of shown) if (after.size < max) after.add(id);
        return after;
      }),
    [max],
  );
  const clear = useCallback(() => setIds(new Set()), []);
  return useMemo(
    () => ({ ids, count: ids.size, isFull: ids.size >= max, has: (id) => ids.has(id), toggle, toggleAll, clear }),
    [ids, max, toggle, toggleAll, clear],
  );
}
