// History in words, the same on the page and in an exported file.
import type { TFunction } from 'i18next';
import { mappingSeparator, type Decision, type HistoryChange } from '../contract/api-history.ts';
import { appFields, type TargetField } from '../contract/settings.ts';
import { sv } from './sv.ts';

/** What a field is called: the app's own from the catalogue, the organisation's own by the labels given, by `custom:<key>`. */
export function fieldWords(t: TFunction, field: TargetField, labels: ReadonlyMap<string, string>): string {
  const own = appFields.find((one) => one === field);
  return own ? t(($) => $.people.field[own]) : (labels.get(field) ?? field.replace('custom:', ''));
}

/** Who made a change, or what did: a run by whom or when it was started. */
export function whoWords(t: TFunction, { actorName, run, cause }: HistoryChange): string {
  if (actorName !== null) return actorName;
  if (run === null)
    return cause === 'system' ? t(($) => $.history.cause.system) : t(($) => $.people.user.history.unknown);
  const { trigger, requestedBy } = run;
  if (requestedBy !== null) return t(($) => $.runs.triggerBy, { name: requestedBy });
  return trigger in sv.runs.triggers ? t(($) => $.runs.triggers[trigger as keyof typeof sv.runs.triggers]) : ''; // just looked up
}

type Action = keyof typeof sv.history.action;
type What = keyof typeof sv.history.what;
type Value = keyof typeof sv.history.value;

const isKey = <K extends string>(of: Readonly<Record<K, unknown>>, key: string): key is K => Object.hasOwn(of, key);

/** An action without words of its own, of a newer or older version, is shown by its name. */
export function actionWords(t: TFunction, action: string): string {
  const key = action.replaceAll('.', '_');
  return isKey<Action>(sv.history.action, key) ? t(($) => $.history.action[key]) : action;
}

/** Whom or what a decision was about: "Anna Berg, Bo Ek och 3 till". */
export function aboutWords(t: TFunction, { people, subject }: Decision): string {
  if (people === null) return subjectWords(t, subject);
  const names = people.names.filter(Boolean);
  const more = people.count - names.length;
  if (names.length === 0) return t(($) => $.history.decisions.nobody, { count: people.count });
  return [names.join(', '), ...(more > 0 ? [t(($) => $.history.decisions.andMore, { count: more })] : [])].join(' ');
}

function subjectWords(t: TFunction, subject: string | null): string {
  if (subject === null) return '';
  return isKey<keyof typeof sv.history.table>(sv.history.table, subject)
    ? t(($) => $.history.table[subject], { heading: '', zone: '' })
    : subject;
}

/** What was said to it, and what settings were before: "Läge: manuell synkronisering → daglig synkronisering". */
export function detailWords(
  t: TFunction,
  { reason, changes }: Decision,
  labels: ReadonlyMap<string, string>,
): string[] {
  const value = (text: string | null) => {
    if (text === null) return t(($) => $.shell.change.empty);
    if (isKey<Value>(sv.history.value, text)) return t(($) => $.history.value[text]);
    return text.includes(mappingSeparator) ? mappingWords(t, text) : text;
  };
  const name = (what: string) =>
    isKey<What>(sv.history.what, what) ? t(($) => $.history.what[what]) : fieldWords(t, what as TargetField, labels); // a target of a coupled field, or else shown as it is
  return [
    ...(reason === null ? [] : [reason]),
    ...changes.map(({ what, before, after }) => `${name(what)}: ${value(before)} → ${value(after)}`),
  ];
}

type Source = keyof typeof sv.fields.source;
type Write = keyof typeof sv.fields.write;
type Empty = keyof typeof sv.fields.empty;

/** A coupled field: the attribute by its name, and the rules that are not the usual ones. */
function mappingWords(t: TFunction, text: string): string {
  const [source = '', write = '', empty = ''] = text.split(mappingSeparator);
  const extension = /^extensionAttribute(\d+)$/.exec(source)?.[1];
  const name = extension
    ? t(($) => $.fields.source.extension, { number: extension })
    : isKey<Source>(sv.fields.source, source)
      ? t(($) => $.fields.source[source], { number: '' })
      : source;
  const rules = [
    write !== 'always' && isKey<Write>(sv.fields.write, write) ? t(($) => $.fields.write[write]) : '',
    empty !== 'keep' && isKey<Empty>(sv.fields.empty, empty) ? t(($) => $.fields.empty[empty]) : '',
  ].filter(Boolean);
  return rules.length === 0 ? name : `${name} (${rules.join(', ')})`;
}
