// Notifications: the inbox in the app. The words of each kind, with its details.
import type { Section } from '../catalogue.ts';
import type { notifications as swedish } from '../sv/notifications.ts';

export const notifications: Section<typeof swedish> = {
  title: 'Notifications',
  lead: 'What has happened that you asked to be told about.',
  list: 'Notifications, latest first',
  unread: 'Unread',
  markAll: 'Mark all as read',
  markAllDisabled: 'All are read already.',
  empty: {
    title: 'No notifications yet.',
    next: 'You will see here when people are added, change or disappear in Entra ID, if you are a recipient under Notices.',
  },
  kind: {
    new_people: {
      title_one: '{{count, number}} new person in Entra ID',
      title_other: '{{count, number}} new people in Entra ID',
      text: 'They are under Available or Suggested links. Create, link or ignore them.',
    },
    changed: {
      title_one: '{{count, number}} person changed',
      title_other: '{{count, number}} people changed',
      text_one: '{{count, number}} value was updated from Entra ID.',
      text_other: '{{count, number}} values were updated from Entra ID.',
    },
    gone: {
      title_one: '{{count, number}} person is gone from Entra ID or out of scope',
      title_other: '{{count, number}} people are gone from Entra ID or out of scope',
      text: 'Nobody has been removed from the app. Decide whether to remove or keep them.',
    },
    group_gone: {
      title: 'A selected group no longer exists in Entra ID',
      text: 'It is “{{group}}”. Nobody is counted as gone because of it, and everything else is synced as usual. Restore the group in Entra ID, or remove it from the selected ones under Groups.',
    },
    group_back: {
      title: 'A selected group exists in Entra ID again',
      text: 'It is “{{group}}”. Its members are read as usual again. There is nothing that you need to do.',
    },
    run_held: {
      title_one: '{{count, number}} change waits for your decision',
      title_other: '{{count, number}} changes wait for your decision',
      text: 'They are more than the limit and have not been made. Everything else is done. Approve, wait or dismiss them.',
    },
    hold_ended: {
      title_one: '{{count, number}} change no longer waits for a decision',
      title_other: '{{count, number}} changes no longer wait for a decision',
      text: 'The directory went back to what it was. You need not do anything.',
    },
    run_failed: { title: 'The sync did not go through' },
    sync_degraded: {
      title_one: 'The sync has not gone through for {{count, number}} night',
      title_other: 'The sync has not gone through for {{count, number}} nights',
      text: 'Samsyn goes on trying each night, and reminds you once a week. Everything is still there as it was.',
    },
    connection_trouble: { title: 'The connection to Entra ID needs you' },
    credential_expires: {
      title_one: "The app's secret or certificate expires within a day",
      title_other: "The app's secret or certificate expires in {{count, number}} days",
      text: 'The app signs in at Microsoft with it, and it is valid until {{date}}. Whoever runs the service needs to enter a new one before then, or the sync will stop.',
    },
    connected: {
      title: 'Entra ID is connected',
      text: '{{person}} connected {{tenant}}. Finish the four steps, and you can sync.',
    },
    connect_link_opened: {
      title: 'The link for connecting Entra ID has been opened',
      text: 'You will be told when the connection is in place.',
    },
    connect_link_waiting: {
      title: 'The link waits for somebody who may grant',
      text: '{{person}} signed in but may not grant the permissions. The link still works: it can be passed on to a Global Administrator.',
    },
    connect_link_expired: {
      title: 'The link for connecting Entra ID has expired',
      text: 'Nobody used it in time. You can generate a new link.',
    },
    connect_link_revoked: {
      title: 'The link for connecting Entra ID was revoked',
      text: '{{person}} revoked it. You can generate a new link.',
    },
    connect_awaits_operator: {
      title: 'The connection waits for approval',
      text: '{{person}} has granted the permissions in {{tenant}}. Whoever runs the service has to approve the connection before it is completed.',
    },
    connect_refused: {
      title: 'The connection was not approved',
      text: 'Whoever runs the service said no to {{tenant}}. Nothing has changed in the app.',
    },
    connect_link_declined: {
      title: 'The link for connecting Entra ID was declined',
      text: 'Nothing has changed. You can generate a new link.',
    },
    turned_off: { title: 'The sync is turned off', text: '{{person}} turned it off. All data is kept.' },
  },
};
