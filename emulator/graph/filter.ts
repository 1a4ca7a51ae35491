// $filter: the part of OData that directory objects support, with the refusals of what needs the advanced parts.
import type { Json } from '../model.ts';
import { written } from '../tenant.ts';
import { unsupported, badRequest } from './graph-error.ts';
import { BY_DEFAULT, ENDS_WITH } from './filter-support.ts';
import { tokens } from './filter-tokens.ts';
import { knownName } from './properties.ts';
import type { Kind } from './properties.ts';

export type Read = (name: string) => Json | undefined;
export type Test = (read: Read) => boolean;
export interface Filter {
  test: Test;
  advanced: boolean;
  /** The longest row of conditions joined by `or`, or of values after `in`. */
  alternativesMost: number;
  /** Set when the whole filter is `id eq … or id eq …` / `id in (…)`. */ ids: string[] | null;
}

export function parseFilter(kind: Kind, source: string): Filter {
  const list = tokens(source);
  let at = 0;
  let advanced = false;
  let onlyIds = true;
  let alternativesMost = 0;
  const ids: string[] = [];
  const syntax = () => badRequest(`Invalid filter clause: Syntax error in '${source}'.`);
  const peekWord = () => {
    const token = list[at];
    return token?.kind === 'word' ? token.text.toLowerCase() : '';
  };
  const mark = (text: string) => {
    const token = list[at];
    if (token?.kind !== 'mark' || token.text !== text) throw syntax();
    at += 1;
  };
  const isMark = (text: string) => {
    const token = list[at];
    return token?.kind === 'mark' && token.text === text;
  };
  const value = (): Json => {
    const token = list[at];
    if (token?.kind !== 'value') throw syntax();
    at += 1;
    return token.value;
  };
  const word = (): string => {
    const token = list[at];
    if (token?.kind !== 'word') throw syntax();
    at += 1;
    return token.text;
  };

  /** Inside of `any`: its variable, and the collection that it runs over. */
  let inside: { variable: string; collection: string } | null = null;

  const property = (path: string, operator: string, right: Json): string => {
    if (inside !== null && path.split('/')[0] === inside.variable) {
      const { variable, collection } = inside;
      inside = null;
      property(collection, operator, right);
      inside = { variable, collection };
      return `${ITEM}${path.slice(variable.length)}`;
    }
    const [head = '', ...rest] = path.split('/');
    const known = knownName(kind, head);
    if (known === undefined)
      throw badRequest(
        `Invalid filter clause: Could not find a property named '${head}' on type 'microsoft.graph.${kind}'.`,
      );
    if (/^extension_/i.test(known)) {
      if (operator !== 'eq' || right === null) advanced = true;
      return known;
    }
    if (operator === 'endswith') {
      if (!ENDS_WITH.has(known))
        throw unsupported(
          `Unsupported or invalid query filter clause specified for property '${known}' of resource '${kind === 'user' ? 'User' : 'Group'}'.`,
        );
      advanced = true;
    } else if (operator === 'ne' || (right === null && operator === 'eq') || rest[0] === '$count') advanced = true;
    else if (!(BY_DEFAULT[kind][known] ?? '').split(' ').includes(operator)) advanced = true;
    return [known, ...rest].join('/');
  };

  const either = (): Test => {
    const parts = [both()];
    while (peekWord() === 'or') {
      at += 1;
      parts.push(both());
    }
    alternativesMost = Math.max(alternativesMost, parts.length);
    return parts.length === 1 ? (parts[0] ?? (() => true)) : (read) => parts.some((part) => part(read));
  };
  const both = (): Test => {
    const parts = [one()];
    while (peekWord() === 'and') {
      at += 1;
      onlyIds = false;
      parts.push(one());
    }
    return parts.length === 1 ? (parts[0] ?? (() => true)) : (read) => parts.every((part) => part(read));
  };
  const one = (): Test => {
    if (isMark('(')) {
      mark('(');
      const inner = either();
      mark(')');
      return inner;
    }
    const name = word();
    const lower = name.toLowerCase();
    if (lower === 'not') {
      advanced = true;
      onlyIds = false;
      const inner = one();
      return (read) => !inner(read);
    }
    if (lower === 'startswith' || lower === 'endswith') {
      onlyIds = false;
      mark('(');
      const path = word();
      mark(',');
      const right = value();
      mark(')');
      const known = property(path, lower, right);
      return (read) => matches(lower, readPath(read, known), right);
    }
    if (lower.endsWith('/any')) return lambda(name.slice(0, -4));
    const operator = word().toLowerCase();
    if (operator === 'in') {
      mark('(');
      const options: Json[] = [value()];
      while (isMark(',')) {
        mark(',');
        options.push(value());
      }
      mark(')');
      alternativesMost = Math.max(alternativesMost, options.length);
      const known = property(name, 'in', options[0] ?? '');
      if (known === 'id') ids.push(...options.map(written));
      else onlyIds = false;
      return (read) => options.some((option) => matches('eq', readPath(read, known), option));
    }
    const right = value();
    const known = property(name, operator, right);
    if (known === 'id' && operator === 'eq') ids.push(written(right));
    else onlyIds = false;
    if (!['eq', 'ne', 'ge', 'le', 'gt', 'lt'].includes(operator)) throw syntax();
    return (read) => matches(operator, readPath(read, known), right);
  };
  /** `collection/any()`, or with a condition that names each item by a variable. */
  const lambda = (path: string): Test => {
    onlyIds = false;
    const collection = property(path, 'eq', '');
    mark('(');
    if (isMark(')')) {
      mark(')');
      return (read) => itemsOf(read, collection).length > 0;
    }
    const outer = inside;
    inside = { variable: word(), collection: path };
    mark(':');
    const condition = either();
    mark(')');
    inside = outer;
    return (read) => itemsOf(read, collection).some((item) => condition((name) => (name === ITEM ? item : read(name))));
  };

  const test = either();
  if (at !== list.length) throw syntax();
  return { test, advanced, alternativesMost, ids: onlyIds && ids.length > 0 ? ids : null };
}

/** Stands for the item of a collection where a condition speaks of one. */
const ITEM = '@item';

function itemsOf(read: Read, collection: string): Json[] {
  const items = readPath(read, collection);
  return Array.isArray(items) ? items : [];
}

function memberOf(item: Json, name: string): Json | undefined {
  return typeof item === 'object' && item !== null && !Array.isArray(item) ? item[name] : undefined;
}

function readPath(read: Read, path: string): Json | undefined {
  const [head = '', rest] = path.split('/');
  const value = read(head);
  if (rest === undefined) return value;
  if (rest === '$count') return Array.isArray(value) ? value.length : 0;
  return memberOf(value ?? null, rest);
}

/** Words compare without regard to case, as in the directory. */
function matches(operator: string, left: Json | undefined, right: Json): boolean {
  const a = typeof left === 'string' ? left.toLowerCase() : (left ?? null);
  const b = typeof right === 'string' ? right.toLowerCase() : right;
  switch (operator) {
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'startswith':
      return typeof a === 'string' && a.startsWith(written(b));
    case 'endswith':
      return typeof a === 'string' && a.endsWith(written(b));
    case 'ge':
      return a !== null && b !== null && a >= b;
    case 'le':
      return a !== null && b !== null && a <= b;
    case 'gt':
      return a !== null && b !== null && a > b;
    case 'lt':
      return a !== null && b !== null && a < b;
    default:
      return false;
  }
}
