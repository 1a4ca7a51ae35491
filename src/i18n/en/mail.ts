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
  reminder: {
    subject: 'Reminder: {{organisation}} asks to read your Entra ID',
    lead: '{{person}} has asked you before to connect your Microsoft Entra ID to {{organisation}} in Samsyn. This is a reminder.',
    title: 'Here is a new link',
    text: 'The link that you got before no longer works. This one is valid until {{time}} and can be used once. It shows who asks, and for what, before you sign in at Microsoft. You can also decline.',
    open: 'Open the link',
    unsureTitle: 'Don’t recognise the person?',
    unsure: 'Ask before you open the link, or do nothing: it then stops working by itself.',
    footer:
      'You get this because {{person}} at {{organisation}} entered your address. Only one reminder is sent, and the address is used for nothing else.',
  },
  toTenant: {
    subject: '{{tenant}} is connected to {{organisation}} in Samsyn',
    lead: 'The Microsoft Entra ID tenant {{tenant}} is now connected to {{organisation}} in Samsyn. If you know about it, there is nothing for you to do.',
    whoTitle: 'Who',
    who: '{{person}} at {{organisation}} asked for it, and {{signer}} signed in and granted the permissions.',
    whatTitle: 'What is read',
    what: 'User profiles and group memberships ({{permissions}}). Samsyn only reads: nothing is changed in Entra ID, and neither e-mail, files nor passwords can be read.',
    undoTitle: 'How to take it back',
    undo: 'In the Microsoft Entra admin centre: open Enterprise applications, choose the app and delete it, or revoke its permissions. Samsyn can then read nothing more of yours. Whoever asked for the connection can also turn off the sync in the app.',
    footer:
      'This mail is sent once, by Samsyn at {{server}}, to whoever granted the permissions and to the technical contacts named in {{tenant}}.',
  },
  footer:
    'You get this because your address is listed under Notices in the settings of {{organisation}} in Samsyn. An administrator there can remove it.',
};
