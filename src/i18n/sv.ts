// The Swedish catalogue: one file a section, named after the page or the room that speaks it.
import { errors } from './sv/errors.ts';
import { connect } from './sv/connect.ts';
import { contacts } from './sv/contacts.ts';
import { fields } from './sv/fields.ts';
import { mail } from './sv/mail.ts';
import { notifications } from './sv/notifications.ts';
import { overview } from './sv/overview.ts';
import { people } from './sv/people.ts';
import { review } from './sv/review.ts';
import { runs } from './sv/runs.ts';
import { settings } from './sv/settings.ts';
import { shell } from './sv/shell.ts';
import { signIn } from './sv/sign-in.ts';

export const sv = {
  errors,
  connect,
  contacts,
  fields,
  mail,
  notifications,
  overview,
  people,
  review,
  runs,
  settings,
  shell,
  signIn,
} as const;
