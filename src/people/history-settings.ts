// What a saving of settings changed, out of the audit trail: each saving says all that it saved, so the one before tells the rest.
import { mappingSeparator, type Decision } from '../contract/api-history.ts';

type Detail = Readonly<Record<string, unknown>>;
type Values = Record<string, string | null>;

/** Nothing for other actions. `what` is a word of Samsyn's, or the target of a coupled field. */
export function settingsChanges(action: string, before: Detail, after: Detail): Decision['changes'] {
  const [was, is] =
    action === 'organisation.updated'
      ? [flat(after['before']), { ...flat(after['before']), ...flat(after['after']) }]
      : action.startsWith('settings.')
        ? [valuesOf(before), valuesOf(after)]
        : [{}, {}];
  return [...new Set([...Object.keys(is), ...Object.keys(was)])]
    .filter((what) => (was[what] ?? null) !== (is[what] ?? null))
    .map((what) => ({ what, before: was[what] ?? null, after: is[what] ?? null }));
}

function valuesOf(detail: Detail): Values {
  const values: Values = {};
  for (const [name, value] of Object.entries(detail)) {
    // Who and which stands in the settings; how many tells that it changed.
    if (name === 'groupIds' || name === 'appUserIds') values[name] = Array.isArray(value) ? String(value.length) : null;
    else if (name === 'mappings' && Array.isArray(value)) Object.assign(values, ...value.map(mappingOf));
    else if (name === 'limits') Object.assign(values, flat(value));
    else values[name] = textOf(value);
  }
  return values;
}

function mappingOf(mapping: unknown): Values {
  const { target, source, write, empty } = flat(mapping);
  return target ? { [target]: [source, write, empty].filter(Boolean).join(mappingSeparator) } : {};
}

function flat(value: unknown): Values {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, textOf(one)]));
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean); // of JSON, nothing else
}
