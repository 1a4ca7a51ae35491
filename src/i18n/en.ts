// The English catalogue.
import type { Catalogue } from './catalogue.ts';
import { errors } from './en/errors.ts';
import { contacts } from './en/contacts.ts';
import { notifications } from './en/notifications.ts';
import { people } from './en/people.ts';
import { shell } from './en/shell.ts';
import { signIn } from './en/sign-in.ts';

export const en: Catalogue = {
  errors,
  contacts,
  notifications,
  people,
  shell,
  signIn,
};
