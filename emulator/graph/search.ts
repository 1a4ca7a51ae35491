// $search: words that begin words, in any order and case; only the index with eventual consistency answers it.
import type { Test } from './filter.ts';
import { badRequest } from './graph-error.ts';

/** `$search`: `"displayName:words"` parts joined by OR or AND; words match the beginnings of words, in any order. */
export function parseSearch(source: string): Test {
  const parts = [...source.matchAll(/"((?:[^"\\]|\\.)*)"\s*(OR|AND)?/g)];
  if (parts.length === 0)
    throw badRequest('Syntax error: a search clause is written "property:value" in double quotes.');
  const tests = parts.map((part): Test => {
    const clause = (part[1] ?? '').replaceAll(/\\(.)/g, '$1');
    const colon = clause.indexOf(':');
    const property = clause.slice(0, colon);
    if (colon < 0) throw badRequest('Syntax error: a search clause is written "property:value".');
    const tokenized = property === 'displayName' || property === 'description';
    const wanted = tokenized ? wordsOf(clause.slice(colon + 1)) : [clause.slice(colon + 1).toLowerCase()];
    return (read) => {
      const value = read(property);
      if (typeof value !== 'string') return false;
      if (!tokenized) return value.toLowerCase().startsWith(wanted[0] ?? '');
      const have = wordsOf(value);
      return wanted.length > 0 && wanted.every((one) => have.some((other) => other.startsWith(one)));
    };
  });
  const all = parts.slice(0, -1).every((part) => part[2] === 'AND');
  return (read) => (all ? tests.every((test) => test(read)) : tests.some((test) => test(read)));
}

const wordsOf = (value: string): string[] =>
  value
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((one) => one !== '');
