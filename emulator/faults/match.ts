// Whether a request is one that a fault is meant for.
import type { Asked } from '../http.ts';
import type { FaultMatch } from './fault.ts';

/** A request as a fault looks at it. */
export interface Met {
  asked: Asked;
  inBatch: boolean;
  /** Who asks, as far as token or address tell; worked out only for a fault that wants to know. */
  who: () => Who;
}

export interface Who {
  clientId: string | undefined;
  /** Every name that the tenant goes by, in lower case. */
  tenantNames: readonly string[];
}

export function isMeant(match: FaultMatch, { asked, inBatch, who }: Met): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== asked.method) return false;
  if (match.inBatch !== undefined && match.inBatch !== inBatch) return false;
  if (match.path !== undefined && !holds(match.path, `${asked.url.pathname}${asked.url.search}`)) return false;
  for (const [name, wanted] of Object.entries(match.headers ?? {}))
    if (!holds(wanted, asked.headers[name.toLowerCase()])) return false;
  if (typeof match.body === 'string' && !holds(match.body, asked.body)) return false;
  if (typeof match.body === 'object') {
    const members = membersOf(asked);
    for (const [name, wanted] of Object.entries(match.body)) if (!holds(wanted, members[name])) return false;
  }
  if (match.tenant !== undefined && !who().tenantNames.includes(match.tenant.toLowerCase())) return false;
  return match.app === undefined || match.app.toLowerCase() === who().clientId?.toLowerCase();
}

/** Whether the text is a part to be found, or an expression that can be compiled. */
export function isUsableText(wanted: string): boolean {
  try {
    expressionOf(wanted);
    return true;
  } catch {
    return false;
  }
}

function holds(wanted: string, text: string | undefined): boolean {
  if (text === undefined) return false;
  return expressionOf(wanted)?.test(text) ?? text.includes(wanted);
}

/** '/users/' is a path as well as an expression; only characters that no path starts with make it one. */
function expressionOf(wanted: string): RegExp | null {
  const parts = /^\/(.*)\/([a-z]*)$/.exec(wanted);
  return parts !== null && /[\\^$*+?()[\]|{}]/.test(wanted) ? new RegExp(parts[1] ?? '', parts[2]) : null;
}

/** The members of a form or of a JSON object, as text. */
function membersOf(asked: Asked): Record<string, string> {
  if (!asked.body.trimStart().startsWith('{')) return Object.fromEntries(new URLSearchParams(asked.body));
  try {
    const entries = Object.entries(JSON.parse(asked.body) as Record<string, unknown>); // it starts as an object does
    return Object.fromEntries(
      entries.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    );
  } catch {
    return {};
  }
}
