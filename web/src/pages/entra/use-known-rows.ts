// The rows that have been shown, by id: chosen ones can be acted on also when a search has taken them out of sight.
import { useState } from 'react';

export function useKnownRows<T>(rows: readonly T[] | undefined, idOf: (row: T) => string): ReadonlyMap<string, T> {
  const [state, setState] = useState({ rows, known: remember(new Map<string, T>(), rows, idOf) });
  if (state.rows === rows) return state.known;
  const known = remember(state.known, rows, idOf);
  setState({ rows, known });
  return known;
}

function remember<T>(
  known: ReadonlyMap<string, T>,
  rows: readonly T[] | undefined,
  idOf: (row: T) => string,
): Map<string, T> {
  return new Map([...known, ...(rows ?? []).map((row) => [idOf(row), row] as const)]);
}
