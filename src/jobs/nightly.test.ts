// The night of each organisation: between one and four by its own clocks, once a date, whatever clocks do in spring and autumn.
// The time that pages show is compared with what the job queue will do by the same schedule (D11, I38).
import { PgBoss } from 'pg-boss';
import { describe, expect, test } from 'vitest';
import { newId } from '../base/ids.ts';
import { isFirstLook, isMadeUpFor, nextNightly, nightlyCron, owesNight, timeOfNight } from './nightly.ts';

// Never started: it only reads schedules.
const boss = new PgBoss('postgresql://127.0.0.1:1/none');
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A connection whose night is at this minute past midnight. */
function connectionAt(hour: number, minute: number): string {
  for (;;) {
    const id = newId();
    const time = timeOfNight(id);
    if (time.hour === hour && time.minute === minute) return id;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** Date and time on the wall, as 2026-03-29 03:30. */
function wall(at: Date | undefined, timeZone: string): string {
  const format =
    formats.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  formats.set(timeZone, format);
  return at ? format.format(at) : '';
}

/** Page by page: the queue gives up on what takes it more than a second, which on a busy machine some hundreds do. */
function looksOfQueue(connectionId: string, timeZone: string, from: Date, count: number): Date[] {
  const looks: Date[] = [];
  while (looks.length < count) {
    const page = { tz: timeZone, from: looks.at(-1) ?? from, count: Math.min(12, count - looks.length) };
    looks.push(...boss.previewSchedule(nightlyCron({ connectionId }), page));
  }
  return looks;
}

/** The first look of each local date, as the queue works them out. */
function nightsOfQueue(connectionId: string, timeZone: string, from: Date, days: number): string[] {
  const looks = looksOfQueue(connectionId, timeZone, from, days * 12);
  const first = new Map<string, string>();
  for (const look of looks) {
    const date = wall(look, timeZone).slice(0, 10);
    if (!first.has(date)) first.set(date, look.toISOString());
  }
  return [...first.values()].slice(0, days);
}

function nightsOfPage(connectionId: string, timeZone: string, from: Date, days: number): string[] {
  const nights: string[] = [];
  for (let now = from; nights.length < days;) {
    now = nextNightly({ connectionId, timeZone }, now);
    nights.push(now.toISOString());
  }
  return nights;
}

test('connections spread over the three hours, each at the same minute every night', () => {
  const times = Array.from({ length: 3000 }, () => timeOfNight(newId()));
  expect(times.every(({ hour, minute }) => hour >= 1 && hour <= 3 && minute >= 0 && minute < 60)).toBe(true);
  expect(new Set(times.map(({ hour, minute }) => hour * 60 + minute)).size).toBe(180);
  const id = newId();
  expect(timeOfNight(id)).toEqual(timeOfNight(id));
});

describe('F54 when clocks change', () => {
  test.each([
    // Spring: the time is jumped over, so the first look after it.
    ['Europe/Stockholm', 2, 30, '2026-03-28T12:00:00Z', '2026-03-29 03:30', '2026-03-29T01:30:00.000Z'],
    ['Europe/Helsinki', 3, 15, '2026-03-28T12:00:00Z', '2026-03-29 04:15', '2026-03-29T01:15:00.000Z'],
    ['Europe/London', 1, 0, '2026-03-28T12:00:00Z', '2026-03-29 02:00', '2026-03-29T01:00:00.000Z'],
    ['America/New_York', 2, 0, '2026-03-07T18:00:00Z', '2026-03-08 03:00', '2026-03-08T07:00:00.000Z'],
    ['Australia/Lord_Howe', 2, 10, '2026-10-03T06:00:00Z', '2026-10-04 03:10', '2026-10-03T16:10:00.000Z'],
    ['Australia/Lord_Howe', 2, 40, '2026-10-03T06:00:00Z', '2026-10-04 02:40', '2026-10-03T15:40:00.000Z'],
    // From the eve, within an hour of midnight: a day of 23 hours is not stepped over.
    ['Europe/Stockholm', 1, 30, '2026-03-28T22:30:00Z', '2026-03-29 01:30', '2026-03-29T00:30:00.000Z'],
    // Autumn: the time comes twice, so the first of them.
    ['Europe/Stockholm', 2, 30, '2026-10-24T12:00:00Z', '2026-10-25 02:30', '2026-10-25T00:30:00.000Z'],
    ['Europe/Helsinki', 3, 15, '2026-10-24T12:00:00Z', '2026-10-25 03:15', '2026-10-25T00:15:00.000Z'],
    ['Europe/London', 1, 59, '2026-10-24T12:00:00Z', '2026-10-25 01:59', '2026-10-25T00:59:00.000Z'],
    ['America/New_York', 1, 30, '2026-10-31T18:00:00Z', '2026-11-01 01:30', '2026-11-01T05:30:00.000Z'],
    ['Australia/Lord_Howe', 1, 45, '2026-04-04T06:00:00Z', '2026-04-05 01:45', '2026-04-04T14:45:00.000Z'],
  ])('%s at %d:%d after %s: %s', (timeZone, hour, minute, from, onTheWall, instant) => {
    const connectionId = connectionAt(hour, minute);
    const at = nextNightly({ connectionId, timeZone }, new Date(from));
    expect([wall(at, timeZone), at.toISOString()]).toEqual([onTheWall, instant]);
    // Just before, it is still to come; once it has been, the next is on the next date.
    expect(nextNightly({ connectionId, timeZone }, new Date(at.getTime() - 1))).toEqual(at);
    expect(wall(nextNightly({ connectionId, timeZone }, at), timeZone).slice(0, 10)).not.toBe(onTheWall.slice(0, 10));
  });
});

test(
  'in every zone, around every change of clocks in two years: one night a date, and the queue’s nights are the page’s',
  { timeout: 60_000 },
  () => {
    const ids = [connectionAt(1, 0), connectionAt(2, 30), connectionAt(3, 59)];
    const zones = zonesByChanges();
    expect(zones.size).toBeGreaterThan(50);
    for (const [timeZone, changes] of zones) {
      for (const [index, noonMs] of [Date.UTC(2026, 5, 15, 12), ...changes].entries()) {
        const connectionId = ids[index % ids.length] ?? '';
        const page = nightsOfPage(connectionId, timeZone, new Date(noonMs - dayMs), 4);
        expect(new Set(page.map((at) => wall(new Date(at), timeZone).slice(0, 10))).size, timeZone).toBe(4);
        if (index > 0 && stumbling.has(timeZone)) continue;
        const queue = nightsOfQueue(connectionId, timeZone, new Date(Date.parse(page[0] ?? '') - 1), 4);
        expect(queue, `${timeZone} ${new Date(noonMs).toISOString()}`).toEqual(page);
      }
    }
  },
);

// Clocks that change by half an hour, or at a quarter to three: there the queue's forward search, which this file asks,
// stumbles over the hour of the change. Its passes search backward: nightly.properties.test.ts shows that they find the first look.
const stumbling = new Set(['Australia/Lord_Howe', 'Pacific/Chatham']);

/** Of the zones whose clocks show the same and change alike, one; with the noons between which and the next they change. */
function zonesByChanges(): Map<string, number[]> {
  const seen = new Set<string>();
  const found = new Map<string, number[]>();
  const days = Array.from({ length: 730 }, (_, day) => Date.UTC(2026, 0, 1 + day, 12));
  for (const timeZone of ['UTC', ...Intl.supportedValuesOf('timeZone')]) {
    const times = days.map((at) => wall(new Date(at), timeZone).slice(11));
    const mark = times.join();
    if (seen.has(mark)) continue;
    seen.add(mark);
    found.set(
      timeZone,
      days.filter((_, day) => day > 0 && times[day] !== times[day - 1]).map((at) => at - dayMs),
    );
  }
  return found;
}

test('on every night of a year the time is between one and four on the wall, but for a night whose time does not exist', () => {
  for (const timeZone of [
    'Europe/Stockholm',
    'Europe/Helsinki',
    'Europe/London',
    'Australia/Lord_Howe',
    'America/New_York',
  ]) {
    for (const connectionId of [newId(), newId(), newId()]) {
      const nights = nightsOfPage(connectionId, timeZone, new Date('2026-01-01T12:00:00Z'), 365).map(
        (at) => new Date(at),
      );
      const { hour, minute } = timeOfNight(connectionId);
      const own = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
      const others = nights.map((at) => wall(at, timeZone).slice(11)).filter((time) => time !== own);
      expect(others.length).toBeLessThanOrEqual(1);
      expect(others.every((time) => time > own && time < '05:00')).toBe(true);
      const gaps = nights.slice(1).map((at, index) => (at.getTime() - (nights[index]?.getTime() ?? 0)) / hourMs);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(22);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(26);
    }
  }
});

describe('what a night owes', () => {
  const connectionId = connectionAt(2, 30);
  const night = (since: string) => ({
    organisationId: newId(),
    connectionId,
    timeZone: 'Europe/Stockholm',
    since: Date.parse(since),
  });

  test.each([
    ['chosen the day before', '2026-06-09T10:00:00Z', '2026-06-10T00:30:00Z', true],
    ['and a later look of the same morning makes up for it', '2026-06-09T10:00:00Z', '2026-06-10T06:30:00Z', true],
    ['chosen a second before its time', '2026-06-10T00:29:59Z', '2026-06-10T00:30:00Z', true],
    ['chosen at nine: no run at ten', '2026-06-10T07:00:00Z', '2026-06-10T07:30:00Z', false],
    ['chosen at nine: but the next night', '2026-06-10T07:00:00Z', '2026-06-11T00:30:00Z', true],
    ['chosen at nine the day of the change of clocks', '2026-03-29T07:00:00Z', '2026-03-29T07:30:00Z', false],
  ])('%s', (_when, since, now, owed) => {
    expect(owesNight(night(since), new Date(now))).toBe(owed);
  });
});

describe('F55 a server that was off at night', () => {
  const night = {
    organisationId: newId(),
    connectionId: connectionAt(2, 30),
    timeZone: 'Europe/Stockholm',
    since: Date.parse('2026-06-01T10:00:00Z'),
  };
  test.each([
    ['before its time has come', '2026-06-10T00:29:59Z', false],
    ['at its time', '2026-06-10T00:30:00Z', true],
    ['at eight in the morning', '2026-06-10T06:12:00Z', true],
    ['a minute before noon', '2026-06-10T09:59:00Z', true],
    ['at noon', '2026-06-10T10:00:00Z', false],
    ['in the evening', '2026-06-10T20:00:00Z', false],
  ])('that starts %s (%s) makes up for it: %s', (_when, now, made) => {
    expect(isMadeUpFor(night, new Date(now))).toBe(made);
  });

  test('makes up for no night that came before the sync was chosen', () => {
    const since = Date.parse('2026-06-10T05:00:00Z');
    expect(isMadeUpFor({ ...night, since }, new Date('2026-06-10T06:12:00Z'))).toBe(false);
  });
});

test('F56 whenever a zone is changed for another one up to twelve hours away: one run a local date, and one within 36 hours', () => {
  const zones = ['Europe/Stockholm', 'Europe/London', 'America/New_York', 'Asia/Kolkata', 'America/Sao_Paulo'];
  const connectionId = connectionAt(2, 30);
  const from = new Date('2026-06-08T12:00:00Z');
  // No clock changes in these days: each look is an hour after the one before, from half past two to half past eleven.
  const looksOf = (timeZone: string) =>
    nightsOfPage(connectionId, timeZone, from, 5).flatMap((night) =>
      Array.from({ length: 10 }, (_, hour) => Date.parse(night) + hour * hourMs),
    );
  const looks = new Map(zones.map((zone) => [zone, looksOf(zone)]));
  let longestHours = 0;
  for (const [before, after] of zones.flatMap((one) => zones.map((other) => [one, other] as const))) {
    if (before === after) continue;
    for (let hours = 0; hours < 48; hours += 1) {
      const changedAt = new Date(Date.parse('2026-06-10T00:10:00Z') + hours * hourMs);
      const zoneAt = (at: Date) => (at < changedAt ? before : after);
      // Owed as long as daily sync has been on.
      const night = (at: Date) => ({
        organisationId: newId(),
        connectionId,
        timeZone: zoneAt(at),
        since: from.getTime(),
      });
      const due = [
        ...(looks.get(before) ?? []).filter((at) => at < changedAt.getTime()),
        ...(isMadeUpFor(night(changedAt), changedAt) ? [changedAt.getTime()] : []),
        ...(looks.get(after) ?? []).filter((at) => at > changedAt.getTime()),
      ].map((at) => new Date(at));
      const runs = new Map<string, number>();
      for (const at of due) {
        const date = wall(at, zoneAt(at)).slice(0, 10);
        if (!runs.has(date)) runs.set(date, at.getTime());
      }
      const times = [...runs.values()];
      for (const [index, at] of times.entries())
        longestHours = Math.max(longestHours, (at - (times[index - 1] ?? at)) / hourMs);
    }
  }
  expect(longestHours).toBeGreaterThan(24);
  expect(longestHours).toBeLessThanOrEqual(36);
});

test.each(['Europe/Stockholm', 'America/Los_Angeles', 'Australia/Sydney', 'Pacific/Kiritimati'])(
  'of the looks of a night exactly one is the first, in %s and through both changes of clocks',
  (timeZone) => {
    // Of the first date some looks may have gone by.
    const isSameDay = (a: Date, b: Date) => wall(a, timeZone).slice(0, 10) === wall(b, timeZone).slice(0, 10);
    const ids = [connectionAt(1, 30), connectionAt(2, 15), connectionAt(3, 59)];
    const starts = ['2026-03-01T00:00:00Z', '2026-09-20T00:00:00Z'].map((start) => new Date(start));
    for (const { connectionId, from } of ids.flatMap((one) =>
      starts.map((start) => ({ connectionId: one, from: start })),
    )) {
      const looks = looksOfQueue(connectionId, timeZone, from, 600).filter((look) => !isSameDay(look, from));
      const dates = looks.map((look) => wall(look, timeZone).slice(0, 10));
      const firsts = looks.filter((look) => isFirstLook({ connectionId, timeZone }, new Date(look.getTime() + 2000)));
      expect(firsts.map((look) => wall(look, timeZone).slice(0, 10))).toEqual([...new Set(dates)]);
    }
  },
);
