// Every night by property (D11): all zones that the machine knows, both changes of their clocks in 2026 and 2027, 48 times of a day
// at which daily sync is turned on, and clocks that jump. The looks are worked out anew from what the clocks on the wall show.
import fc from 'fast-check';
import Timekeeper from 'pg-boss/dist/timekeeper.js';
import { expect, test } from 'vitest';
import { newId } from '../base/ids.ts';
import { isMadeUpFor, nextNightly, nightlyCron, owesNight, timeOfNight } from './nightly.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const from = Date.UTC(2026, 0, 1);
const to = Date.UTC(2028, 0, 1);

const formats = new Map<string, Intl.DateTimeFormat>();
/** What the clock on the wall shows, as if it were UTC: arithmetic of its own, so that the tested one is not its own judge. */
function wallMs(at: number, timeZone: string): number {
  const known = formats.get(timeZone);
  const format = known ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  formats.set(timeZone, format);
  return Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
}

const known = new Map<string, number>();
/** The same of a whole quarter of an hour, from what the hour's ends show: asking for each takes long. */
function wallOfQuarter(quarter: number, timeZone: string): number {
  const hour = quarter - (quarter % hourMs);
  const [here, next] = [hour, hour + hourMs].map((at) => {
    const offset = known.get(`${at} ${timeZone}`) ?? wallMs(at, timeZone) - at;
    known.set(`${at} ${timeZone}`, offset);
    return offset;
  });
  return here === next && here !== undefined ? quarter + here : wallMs(quarter, timeZone);
}
const dateOf = (wall: number): string => new Date(wall).toISOString().slice(0, 10);

/** Midnights (UTC) between which and the next the clocks of a zone change in the two years. */
function changesOf(timeZone: string): number[] {
  const found: number[] = [];
  for (let day = from, before = wallMs(from, timeZone) - from; day < to; day += dayMs) {
    const offset = wallMs(day + dayMs, timeZone) - day - dayMs;
    if (offset !== before) found.push(day);
    before = offset;
  }
  return found;
}

/** The instants of some days at which a look is due, with the local date of each: every hour from the night's until eleven. */
function looksOf(connectionId: string, timeZone: string, start: number, days: number): { at: number; date: string }[] {
  const { hour, minute } = timeOfNight(connectionId);
  const looks: { at: number; date: string }[] = [];
  // Offsets are whole quarters of an hour, and change at one.
  for (let quarter = start; quarter < start + days * dayMs; quarter += 15 * minuteMs) {
    const wall = wallOfQuarter(quarter, timeZone);
    const late = minute - new Date(wall).getUTCMinutes();
    const shown = new Date(wall).getUTCHours();
    if (late < 0 || late >= 15 || shown < hour || shown > 11) continue;
    looks.push({ at: quarter + late * minuteMs, date: dateOf(wall) });
  }
  return looks;
}

/** The local dates that get a run when daily sync was turned on at `since`; `lost` looks are not done. */
function datesWithRun(
  night: { connectionId: string; timeZone: string; since: number },
  looks: readonly { at: number; date: string }[],
): string[] {
  const runs = new Set<string>();
  for (const { at, date } of looks) {
    if (at < night.since || runs.has(date)) continue;
    if (owesNight({ ...night, organisationId: night.connectionId }, new Date(at))) runs.add(date);
  }
  return [...runs];
}

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
const ids = Array.from({ length: 6 }, (_, index) => connectionAt(1 + (index >> 1), index % 2 === 0 ? 7 : 38));

function connectionAt(hour: number, minute: number): string {
  for (;;) {
    const id = newId();
    const time = timeOfNight(id);
    if (time.hour === hour && Math.abs(time.minute - minute) < 8) return id;
  }
}

/** Zones whose clocks show the same at every change are looked at once, under all their names. */
const byChanges = new Map<string, { timeZone: string; changes: number[]; names: number }>();
for (const timeZone of zones) {
  const changes = changesOf(timeZone);
  const around = (changes.length === 0 ? [from + 180 * dayMs] : changes).slice(0, 4);
  const mark = around
    .map((day) => [0, 3, 6, 9, 12, 15, 18, 21, 24].map((hour) => wallMs(day + hour * hourMs, timeZone)).join())
    .join();
  const alike = byChanges.get(mark);
  if (alike) alike.names += 1;
  else byChanges.set(mark, { timeZone, changes: around, names: 1 });
}

// Some ten seconds on an idle machine.
const slow = { timeout: 120_000 };

test(
  'D11, F54, I38: each local date has exactly one night, from the first that comes after daily sync was turned on',
  slow,
  () => {
    let cases = 0;
    for (const { timeZone, changes, names } of byChanges.values()) {
      for (const [index, change] of changes.entries()) {
        const connectionId = ids[(index + names) % ids.length] ?? '';
        const looks = looksOf(connectionId, timeZone, change - dayMs, 4);
        const dates = [...new Set(looks.map(({ date }) => date))];
        for (let half = 0; half < 48; half += 1) {
          const since = change + half * (hourMs / 2) + 1;
          const first = nextNightly({ connectionId, timeZone }, new Date(since)).getTime();
          const expected = dates.filter((date) => date >= dateOf(wallMs(first, timeZone)));
          // The first and last of the four days may be seen in part.
          const runs = datesWithRun({ connectionId, timeZone, since }, looks).slice(0, 2);
          if (runs.join() !== expected.slice(0, 2).join())
            expect(runs, `${timeZone} ${new Date(since).toISOString()}`).toEqual(expected.slice(0, 2));
          cases += names;
        }
        // The page names the very look at which the run begins.
        for (const date of dates.slice(1, 3)) {
          const look = looks.find((one) => one.date === date)?.at ?? 0;
          const named = nextNightly({ connectionId, timeZone }, new Date(look - 1)).getTime();
          if (named !== look)
            expect(new Date(named).toISOString(), `${timeZone} ${date}`).toBe(new Date(look).toISOString());
        }
      }
    }
    expect([...byChanges.values()].reduce((sum, { names }) => sum + names, 0)).toBe(zones.length);
    expect(cases).toBeGreaterThan(38_000);
  },
);

test(
  'D11, F53: 1,000 clocks that jump: no date has two nights, and after the last jump every date has one',
  slow,
  () => {
    const zoned = fc.constantFrom(...[...byChanges.values()].map(({ timeZone }) => timeZone));
    const jumps = fc.array(
      fc.record({
        afterMs: fc.integer({ min: minuteMs, max: 2 * dayMs }),
        byMs: fc.integer({ min: -dayMs, max: dayMs }),
      }),
      {
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(
        zoned,
        fc.constantFrom(...ids),
        fc.integer({ min: from, max: to - 30 * dayMs }),
        jumps,
        (timeZone, connectionId, start, leaps) => {
          const runs: string[] = [];
          const night = { organisationId: connectionId, connectionId, timeZone, since: start };
          let now = start;
          const walk = (ms: number): void => {
            const end = now + ms;
            for (const { at, date } of looksOf(
              connectionId,
              timeZone,
              now - (now % (15 * minuteMs)),
              Math.ceil(ms / dayMs) + 1,
            )) {
              if (at < now || at > end) continue;
              // The database's key: one nightly run a local date.
              if (owesNight(night, new Date(at)) && !runs.includes(date)) runs.push(date);
            }
            now = end;
          };
          for (const { afterMs, byMs } of leaps) {
            walk(afterMs);
            now += byMs;
            // A server that starts after the jump makes up for the morning's night, once.
            const today = dateOf(wallMs(now, timeZone));
            if (isMadeUpFor(night, new Date(now)) && !runs.includes(today)) runs.push(today);
          }
          const settled = Math.max(now, start);
          walk(settled - now + 4 * dayMs);
          const next = nextNightly({ connectionId, timeZone }, new Date(settled)).getTime();
          expect(next - settled).toBeLessThanOrEqual(26 * hourMs);
          for (let day = 0; day < 3; day += 1) expect(runs).toContain(dateOf(wallMs(next, timeZone) + day * dayMs));
        },
      ),
      { numRuns: 1000 },
    );
  },
);

// Where clocks change by half an hour or at a quarter to three, the forward search of the queue's cron goes astray, and the test of
// nightly.ts leaves those nights out. What starts the jobs is another search, backward, at each pass; it is asked here.
test.each(['Australia/Lord_Howe', 'Pacific/Chatham'])(
  'D11: the queue’s own passes find the first look of each night in %s',
  (timeZone) => {
    const keeper = new Timekeeper({} as never, {} as never, { clock: { now: () => 0 } } as never); // never started: it only reads a cron here
    for (const change of changesOf(timeZone)) {
      for (const connectionId of ids) {
        const first = new Map<string, number>();
        for (const { at, date } of looksOf(connectionId, timeZone, change - dayMs, 3))
          if (!first.has(date)) first.set(date, at);
        for (const [date, at] of [...first].slice(1)) {
          const due = keeper['dueOccurrences'](nightlyCron({ connectionId }), 'cron', timeZone, at + 13_000);
          expect(
            due.occurrences.map((one: Date) => one.toISOString()),
            date,
          ).toEqual([new Date(at).toISOString()]);
        }
      }
    }
  },
);
