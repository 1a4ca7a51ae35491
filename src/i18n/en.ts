// The English catalogue.
import type { Catalogue } from './catalogue.ts';
import { errors } from './en/errors.ts';
import { connect } from './en/connect.ts';
import { contacts } from './en/contacts.ts';
import { fields } from './en/fields.ts';
import { held } from './en/held.ts';
import { history } from './en/history.ts';
import { mail } from './en/mail.ts';
import { notifications } from './en/notifications.ts';
import { overview } from './en/overview.ts';
import { people } from './en/people.ts';
import { preview } from './en/preview.ts';
import { review } from './en/review.ts';
import { runs } from './en/runs.ts';
import { settings } from './en/settings.ts';
import { shell } from './en/shell.ts';
import { signIn } from './en/sign-in.ts';
import { undo } from './en/undo.ts';
import { why } from './en/why.ts';

export const en: Catalogue = {
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
};
