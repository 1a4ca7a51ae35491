// The Swedish catalogue: one file a section, named after the page or the room that speaks it.
import { errors } from './sv/errors.ts';
import { connect } from './sv/connect.ts';
import { contacts } from './sv/contacts.ts';
import { fields } from './sv/fields.ts';
import { held } from './sv/held.ts';
import { history } from './sv/history.ts';
import { mail } from './sv/mail.ts';
import { notifications } from './sv/notifications.ts';
import { overview } from './sv/overview.ts';
import { people } from './sv/people.ts';
import { preview } from './sv/preview.ts';
import { review } from './sv/review.ts';
import { runs } from './sv/runs.ts';
import { settings } from './sv/settings.ts';
import { shell } from './sv/shell.ts';
import { signIn } from './sv/sign-in.ts';
import { undo } from './sv/undo.ts';
import { why } from './sv/why.ts';

export const sv = {
  errors,
  connect,
  contacts,
  fields,
  held,
  history,
  mail,
  notifications,
  overview,
  people,
  preview,
  review,
  runs,
  settings,
  shell,
  signIn,
  undo,
  why,
} as const;
