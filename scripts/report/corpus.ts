// The report's table of recorded exchanges: how many of each kind are used and how, and each that is not, with its reason.
import { corpusNote } from '../../test/corpus/load.ts';
import { table, wayOf, type Way } from '../../test/corpus/table.ts';

/** The issue asks for so many at least. */
const usedMin = 150;
const ways: readonly Way[] = ['emulator and client', 'emulator', 'client', 'skipped'];

export function describeCorpus(): { lines: string[]; missing: string[] } {
  const all = [...table].map(([name, used]) => ({ name, ...used, way: wayOf(used) }));
  const row = (title: string, of: typeof all): string =>
    `${title.padEnd(24)}${ways.map((way) => String(of.filter((one) => one.way === way).length).padStart(21)).join('')}`;
  const kinds = [...new Set(all.map(({ kind }) => kind))].toSorted();
  const used = all.filter(({ way }) => way !== 'skipped').length;
  const reasons = Map.groupBy(
    all.filter(({ way }) => way === 'skipped'),
    ({ skipped }) => skipped ?? '',
  );
  return {
    lines: [
      `${used} of ${all.length} are used, ${usedMin} are asked for${corpusNote}.`,
      '',
      `${''.padEnd(24)}${ways.map((way) => way.padStart(21)).join('')}`,
      ...kinds.map((kind) =>
        row(
          kind,
          all.filter((one) => one.kind === kind),
        ),
      ),
      row('all', all),
      '',
      'Skipped, and why:',
      ...[...reasons].flatMap(([why, of]) => [`  ${why}`, ...of.map(({ name }) => `    ${name}`)]),
      '',
      'Tolerated differences, and why:',
      ...all.flatMap(({ name, a }) =>
        (a?.tolerate ?? []).map(({ kind, place, why }) => `  ${name}: ${kind} ${place.source}: ${why}`),
      ),
    ],
    missing: [
      ...(used < usedMin ? [`${usedMin - used} more recorded exchanges in use`] : []),
      ...(corpusNote === '' ? [] : ['the recorded exchanges beside this checkout']),
    ],
  };
}
