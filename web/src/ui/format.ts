// Numbers and times as one says them, in the interface's language and the organisation's time zone.
import { createContext, use, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

/** Set by the layout of an organisation's pages; elsewhere the browser's zone counts. */
export const TimeZoneContext = createContext<string | undefined>(undefined);

export interface Format {
  number: (value: number) => string;
  /** `4 mars 2026` */
  date: (iso: string) => string;
  /** `02.14` */
  time: (iso: string) => string;
  /** `i natt kl. 02.14`, `i går kl. 16.02`, `4 mars 2026 kl. 02.14` */
  moment: (iso: string) => string;
  /** `41 sekunder`, `2 minuter 5 sekunder` */
  duration: (milliseconds: number) => string;
  list: (words: readonly string[]) => string;
}

const dayMilliseconds = 86_400_000;

export function useFormat(): Format {
  const { t, i18n } = useTranslation();
  const zone = use(TimeZoneContext);
  const { language } = i18n;
  return useMemo(() => {
    const locale = language === 'en' ? 'en-GB' : 'sv-SE';
    const timeZone = zone === undefined ? {} : { timeZone: zone };
    const numbers = new Intl.NumberFormat(locale);
    const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'long', ...timeZone });
    const times = new Intl.DateTimeFormat(locale, {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...timeZone,
    });
    const days = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', ...timeZone });
    const seconds = (value: number, unit: string) =>
      new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);

    const time = (iso: string) => {
      const text = times.format(new Date(iso));
      return language === 'en' ? text : text.replace(':', '.');
    };
    const moment = (iso: string) => {
      const at = new Date(iso);
      const daysAway = (Date.parse(days.format(at)) - Date.parse(days.format(new Date()))) / dayMilliseconds;
      const said = { time: time(iso) };
      const isNight = said.time < '05';
      if (daysAway === 0 && isNight && at.getTime() < Date.now()) return t(($) => $.shell.time.lastNight, said);
      // The night that comes, also when it begins before midnight.
      if (isNight && (daysAway === 1 || daysAway === 0)) return t(($) => $.shell.time.tonight, said);
      if (daysAway === 0) return t(($) => $.shell.time.today, said);
      if (daysAway === -1) return t(($) => $.shell.time.yesterday, said);
      if (daysAway === 1) return t(($) => $.shell.time.tomorrow, said);
      return t(($) => $.shell.time.at, { ...said, date: dates.format(at) });
    };
    return {
      number: (value) => numbers.format(value),
      date: (iso) => dates.format(new Date(iso)),
      time,
      moment,
      duration: (milliseconds) => {
        const total = Math.max(1, Math.round(milliseconds / 1000));
        const minutes = Math.floor(total / 60);
        const rest = total % 60;
        if (minutes === 0) return seconds(rest, 'second');
        return rest === 0 ? seconds(minutes, 'minute') : `${seconds(minutes, 'minute')} ${seconds(rest, 'second')}`;
      },
      list: (words) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(words),
    };
  }, [t, language, zone]);
}
