// When an organisation's night is: each connection has a minute of its own between one and four, so that thousands do not start
// at once. The cron looks again each hour until noon: a night that was missed (no such local time, server off, another run
// open) is made up for, and one that was not missed is told from it by the run's local date.
import { createHash } from 'node:crypto';
import type { JobData } from './queues.ts';

interface Night {
  connectionId: string;
  timeZone: string;
}

const firstHour = 1;
const hours = 3;
const lastLookHour = 11;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Local time at which a connection's night run begins: the same every night. */
export function timeOfNight(connectionId: string): { hour: number; minute: number } {
  const minutes = createHash('sha256').update(connectionId).digest().readUInt32BE() % (hours * 60);
  return { hour: firstHour + Math.floor(minutes / 60), minute: minutes % 60 };
}

export function nightlyCron({ connectionId }: Pick<Night, 'connectionId'>): string {
  const { hour, minute } = timeOfNight(connectionId);
  return `${minute} ${hour}-${lastLookHour} * * *`;
}

/** The next night run after `now`. Where the local time does not exist that night, the first look after it. */
export function nextNightly(night: Night, now: Date): Date {
  // It is on this local date or the next. In steps shorter than any date: a whole day leads from the eve over one of 23 hours.
  for (let halfDays = 0; ; halfDays += 1) {
    const at = nightOf(night, new Date(now.getTime() + halfDays * (dayMs / 2)));
    if (at.getTime() > now.getTime()) return at;
  }
}

/** Whether daily sync was on already when this night's time came: who turns it on at nine is not surprised by a run at ten. */
export function owesNight(night: JobData<'night'>, now: Date): boolean {
  return night.since <= nightOf(night, now).getTime();
}

/** Whether this is the night's first look, or the time up to the next: what is done once a night and is not made up for. */
export function isFirstLook(night: Night, now: Date): boolean {
  const sinceMs = now.getTime() - nightOf(night, now).getTime();
  return sinceMs >= 0 && sinceMs < hourMs;
}

/** Whether a look at `now` makes up for this morning's night (F55): its time has come, noon has not, and it is owed. */
export function isMadeUpFor(night: JobData<'night'>, now: Date): boolean {
  const isMorning = localParts(now, night.timeZone).hour <= lastLookHour;
  return isMorning && nightOf(night, now).getTime() <= now.getTime() && owesNight(night, now);
}

/** The night of the local date that `day` falls on. */
function nightOf({ connectionId, timeZone }: Night, day: Date): Date {
  const { hour, minute } = timeOfNight(connectionId);
  const { year, month, date } = localParts(day, timeZone);
  for (let look = hour; ; look += 1) {
    const at = instantOf(Date.UTC(year, month - 1, date, look, minute), timeZone);
    if (at) return at;
  }
}

/** The first instant that shows this wall-clock time; undefined when clocks jump over it. */
function instantOf(wallMs: number, timeZone: string): Date | undefined {
  // Whichever offset holds then also held or holds within a day of it.
  const offsets = [offsetAt(wallMs - dayMs, timeZone), offsetAt(wallMs + dayMs, timeZone)];
  const instants = offsets.map((offset) => wallMs - offset).filter((at) => at + offsetAt(at, timeZone) === wallMs);
  return instants.length === 0 ? undefined : new Date(Math.min(...instants));
}

function offsetAt(at: number, timeZone: string): number {
  const { year, month, date, hour, minute, second } = localParts(new Date(at), timeZone);
  return Date.UTC(year, month - 1, date, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localParts(at: Date, timeZone: string) {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return {
    year: part('year'),
    month: part('month'),
    date: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  };
}
