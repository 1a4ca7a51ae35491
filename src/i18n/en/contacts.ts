// Contacts and the contact card.
import type { Section } from '../catalogue.ts';
import type { contacts as swedish } from '../sv/contacts.ts';

export const contacts: Section<typeof swedish> = {
  title: 'Contacts',
  lead_one: '{{count, number}} person in {{organisation}}',
  lead_other: '{{count, number}} people in {{organisation}}',
  leadMany: 'More than {{count, number}} people in {{organisation}}',
  leadPlain: 'Colleagues in {{organisation}}',
  search: 'Search contacts',
  searchHint: 'Name, e-mail, title, department or number',
  list: 'Contacts',
  person: 'Person',
  department: 'Department',
  phone: 'Phone',
  empty: {
    title: 'The organisation’s people will be here.',
    next: 'They are added under Users & Teams, or come from Entra ID.',
  },
  choose: { title: 'Choose a person', next: 'The contact card with all details is shown here.' },
  card: 'Contact card for {{name}}',
  call: 'Call',
  mail: 'E-mail',
  teams: 'Teams',
  fromEntra: 'Comes from Entra ID',
  lastSynced: 'last synced',
  notYetSynced: 'not synced yet',
  closeCard: 'Close the contact card',
};
