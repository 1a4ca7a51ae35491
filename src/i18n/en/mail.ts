// E-mails: what surrounds the words of each kind of notice (those are in notifications.ts).
import type { Section } from '../catalogue.ts';
import type { mail as swedish } from '../sv/mail.ts';

export const mail: Section<typeof swedish> = {
  greeting: 'Hello,',
  digest: {
    lead: 'This happened in the sync with Entra ID for {{organisation}}.',
    leadConnection: 'This is about the connection to Entra ID for {{organisation}}.',
    subject: '{{first}} – {{organisation}}',
    subjectMore_one: '{{first}}, and {{count, number}} more thing – {{organisation}}',
    subjectMore_other: '{{first}}, and {{count, number}} more things – {{organisation}}',
  },
  open: {
    available: 'Show the available people',
    gone: 'Decide about those who are gone',
    run: 'Show the run',
    overview: 'Open the overview',
    connect: 'Open the connection',
  },
  test: {
    subject: 'Test mail from Samsyn – {{organisation}}',
    title: 'It works',
    text: 'This is a test mail. Notices about the sync with Entra ID for {{organisation}} are sent here.',
  },
  footer:
    'You get this because your address is listed under Notices in the settings of {{organisation}} in Samsyn. An administrator there can remove it.',
};
