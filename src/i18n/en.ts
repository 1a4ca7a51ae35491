// The English catalogue.
import type { Catalogue } from './catalogue.ts';
import { errors } from './en/errors.ts';
import { connect } from './en/connect.ts';
import { contacts } from './en/contacts.ts';
import { fields } from './en/fields.ts';
import { mail } from './en/mail.ts';
import { notifications } from './en/notifications.ts';
import { overview } from './en/overview.ts';
import { people } from './en/people.ts';
import { review } from './en/review.ts';
import { runs } from './en/runs.ts';
import { settings } from './en/settings.ts';
import { shell } from './en/shell.ts';
import { signIn } from './en/sign-in.ts';

export const en: Catalogue = {
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
};
