// The words of a $filter: values, names and marks, as OData writes them.
import type { Json } from '../model.ts';
import { badRequest } from './graph-error.ts';

const TOKEN =
  /\s*(?:('(?:[^']|'')*')|([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|(\d{4}-\d{2}-\d{2}T[\d:.]+Z?)|(-?\d+)|([A-Za-z_][\w.]*(?:\/\$?[A-Za-z_]\w*)*)|([(),:]))/iy;

export type Token = { kind: 'value'; value: Json } | { kind: 'word'; text: string } | { kind: 'mark'; text: string };

/** Refuses what is no word of the language. */
export function tokens(source: string): Token[] {
  const list: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match === null) throw badRequest(`Invalid filter clause: Syntax error at position ${at} in '${source}'.`);
    const [, quoted, guid, time, number, word, mark] = match;
    if (quoted !== undefined) list.push({ kind: 'value', value: quoted.slice(1, -1).replaceAll("''", "'") });
    else if (guid !== undefined || time !== undefined) list.push({ kind: 'value', value: guid ?? time ?? '' });
    else if (number !== undefined) list.push({ kind: 'value', value: Number(number) });
    else if (word === 'true' || word === 'false') list.push({ kind: 'value', value: word === 'true' });
    else if (word === 'null') list.push({ kind: 'value', value: null });
    else if (word !== undefined) list.push({ kind: 'word', text: word });
    else list.push({ kind: 'mark', text: mark ?? '' });
  }
  return list;
}
