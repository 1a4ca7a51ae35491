// $filter: the part of OData that directory objects support, with the refusals of what needs the advanced parts.
import type { Json } from '../model.ts';
import { written } from '../tenant.ts';
import { unsupported, badRequest } from './graph-error.ts';
import { knownName } from './properties.ts';
import type { Kind } from './properties.ts';

export type Read = (name: string) => Json | undefined;
export type Test = (read: Read) => boolean;
export interface Filter {
  test: Test;
  advanced: boolean;
  /** Set when the whole filter is `id eq … or id eq …` / `id in (…)`. */ ids: string[] | null;
}

const BY_DEFAULT: Record<Kind, Record<string, string>> = {
  user: {
    id: 'eq in',
    accountEnabled: 'eq',
    userType: 'eq',
    onPremisesSyncEnabled: 'eq',
    isResourceAccount: 'eq',
    externalUserState: 'eq',
    creationType: 'eq',
    displayName: 'eq startswith in',
    givenName: 'eq startswith in',
    surname: 'eq startswith in',
    mail: 'eq startswith in',
    mailNickname: 'eq startswith in',
    userPrincipalName: 'eq startswith in',
    jobTitle: 'eq startswith in',
    department: 'eq startswith in',
    city: 'eq startswith in',
    state: 'eq startswith in',
    country: 'eq startswith in',
    usageLocation: 'eq startswith in',
    employeeId: 'eq in',
    onPremisesImmutableId: 'eq startswith',
    onPremisesSecurityIdentifier: 'eq',
    proxyAddresses: 'eq startswith',
    otherMails: 'eq startswith',
    imAddresses: 'eq startswith',
    createdDateTime: 'ge le',
    assignedLicenses: 'eq',
  },
  group: {
    id: 'eq in',
    displayName: 'eq startswith in',
    mail: 'eq startswith in',
    mailNickname: 'eq startswith in',
    description: 'eq startswith',
    groupTypes: 'eq',
    mailEnabled: 'eq',
    securityEnabled: 'eq',
    isAssignableToRole: 'eq',
    onPremisesSyncEnabled: 'eq',
    proxyAddresses: 'eq startswith',
    createdDateTime: 'ge le',
    membershipRuleProcessingState: 'eq',
    visibility: 'eq',
  },
};
/** Only the index with eventual consistency answers endsWith, and for these alone. */
const ENDS_WITH = new Set(['mail', 'otherMails', 'userPrincipalName', 'proxyAddresses']);
const TOKEN =
  /\s*(?:('(?:[^']|'')*')|([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|(\d{4}-\d{2}-\d{2}T[\d:.]+Z?)|(-?\d+)|([A-Za-z_][\w.]*(?:\/\$?[A-Za-z_]\w*)*)|([(),:]))/iy;

type Token = { kind: 'value'; value: Json } | { kind: 'word'; text: string } | { kind: 'mark'; text: string };

function tokens(source: string): Token[] {
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

export function parseFilter(kind: Kind, source: string): Filter {
  const list = tokens(source);
  let at = 0;
  let advanced = false;
  let onlyIds = true;
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

  const property = (path: string, operator: string, right: Json): string => {
    const [head = '', ...rest] = path.split('/');
    const known = knownName(kind, head);
    if (known === undefined)
      throw badRequest(
        `Invalid filter clause: Could not find a property named '${head}' on type 'microsoft.graph.${kind}'.`,
      );
    if (/^extension_/i.test(known)) return known;
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
  const lambda = (path: string): Test => {
    onlyIds = false;
    mark('(');
    const variable = word();
    mark(':');
    let operator: string;
    let inside = '';
    let right: Json;
    const first = word();
    if (/^(starts|ends)with$/i.test(first)) {
      operator = first.toLowerCase();
      mark('(');
      inside = word();
      mark(',');
      right = value();
      mark(')');
    } else {
      inside = first;
      operator = word().toLowerCase();
      right = value();
    }
    mark(')');
    const known = property(path, operator, right);
    const member = inside === variable ? '' : inside.slice(variable.length + 1);
    return (read) => {
      const items = read(known);
      return (
        Array.isArray(items) &&
        items.some((item) => matches(operator, member === '' ? item : memberOf(item, member), right))
      );
    };
  };

  const test = either();
  if (at !== list.length) throw syntax();
  return { test, advanced, ids: onlyIds && ids.length > 0 ? ids : null };
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
