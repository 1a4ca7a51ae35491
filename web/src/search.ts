// The part of an address after `?`: plain names and texts.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === 'string' && value !== '') parts.set(name, value);
  }
  const text = parts.toString();
  return text === '' ? '' : `?${text}`;
}

/** `const [search, setSearch] = useSearchParam('q')`: kept in the address, so that back and reload keep it too. */
export function useSearchParam(name: string): [string, (value: string) => void] {
  const all: Record<string, string | undefined> = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = useCallback(
    (value: string) => {
      void navigate({
        to: '.',
        search: (before: Record<string, unknown>) => ({ ...before, [name]: value }),
        replace: true,
        resetScroll: false,
      });
    },
    [navigate, name],
  );
  return [all[name] ?? '', set];
}
