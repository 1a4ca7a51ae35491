// The words of each kind of notification, and where it leads.
import type { TFunction } from 'i18next';
import { errorCodes, type ErrorCode } from '../../../../src/contract/errors.ts';
import type { Notification } from '../../../../src/contract/api-notifications.ts';
import { paths } from '../../paths.ts';

interface Words {
  title: string;
  text?: string;
}

export function wordsOf(t: TFunction, { kind, params }: Notification): Words {
  const count = numberOf(params['count']);
  const people = numberOf(params['people']);
  const person = textOf(params['person']);
  switch (kind) {
    case 'new_people':
      return {
        title: t(($) => $.notifications.kind.new_people.title, { count }),
        text: t(($) => $.notifications.kind.new_people.text),
      };
    case 'changed':
      return {
        title: t(($) => $.notifications.kind.changed.title, { count: people }),
        text: t(($) => $.notifications.kind.changed.text, { count: numberOf(params['fields']) }),
      };
    case 'gone':
      return {
        title: t(($) => $.notifications.kind.gone.title, { count }),
        text: t(($) => $.notifications.kind.gone.text),
      };
    case 'group_gone':
    case 'group_back':
      return {
        title: t(($) => $.notifications.kind[kind].title),
        text: t(($) => $.notifications.kind[kind].text, { group: textOf(params['group']) }),
      };
    case 'run_held':
    case 'hold_ended':
      return {
        title: t(($) => $.notifications.kind[kind].title, { count }),
        text: t(($) => $.notifications.kind[kind].text),
      };
    case 'run_failed':
      return { title: t(($) => $.notifications.kind.run_failed.title), ...causeOf(t, params['code']) };
    case 'sync_degraded':
      return {
        title: t(($) => $.notifications.kind.sync_degraded.title, { count: numberOf(params['nights']) }),
        text: [causeOf(t, params['code']).text, t(($) => $.notifications.kind.sync_degraded.text)].join(' '),
      };
    case 'connection_trouble':
      return { title: t(($) => $.notifications.kind.connection_trouble.title), ...causeOf(t, params['code']) };
    case 'credential_expires':
      return {
        title: t(($) => $.notifications.kind.credential_expires.title, { count: numberOf(params['days']) }),
        text: t(($) => $.notifications.kind.credential_expires.text, { date: textOf(params['date']) }),
      };
    case 'connect_link_opened':
    case 'connect_link_declined':
    case 'connect_link_expired':
      return { title: t(($) => $.notifications.kind[kind].title), text: t(($) => $.notifications.kind[kind].text) };
    case 'connected':
    case 'connect_link_waiting':
    case 'connect_link_revoked':
    case 'connect_awaits_operator':
    case 'connect_refused':
      return {
        title: t(($) => $.notifications.kind[kind].title),
        text: t(($) => $.notifications.kind[kind].text, { person, tenant: textOf(params['tenant']) }),
      };
    case 'turned_off':
      return {
        title: t(($) => $.notifications.kind.turned_off.title),
        text: t(($) => $.notifications.kind.turned_off.text, { person }),
      };
  }
}

export function addressOfTarget(organisationId: string, { target, targetId }: Notification): string {
  switch (target) {
    case 'available':
      return paths.entraUsers(organisationId, 'available');
    case 'gone':
      return paths.entraUsers(organisationId, 'gone');
    case 'run':
      return targetId === null ? paths.entraRuns(organisationId) : paths.entraRun(organisationId, targetId);
    case 'overview':
      return paths.entraOverview(organisationId);
    case 'connect':
      return paths.entraConnect(organisationId);
  }
}

function causeOf(t: TFunction, code: string | number | undefined): { text?: string } {
  if (!isErrorCode(code)) return {};
  return { text: `${t(($) => $.errors[code].title)} ${t(($) => $.errors[code].next)}` };
}

const isErrorCode = (code: unknown): code is ErrorCode => errorCodes.some((one) => one === code);
const numberOf = (value: string | number | undefined): number => Number(value ?? 0);
const textOf = (value: string | number | undefined): string => String(value ?? '');
