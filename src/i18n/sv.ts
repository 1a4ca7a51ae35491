// The Swedish catalogue: one file a section, named after the page or the room that speaks it.
import { errors } from './sv/errors.ts';
import { contacts } from './sv/contacts.ts';
import { notifications } from './sv/notifications.ts';
import { overview } from './sv/overview.ts';
import { people } from './sv/people.ts';
import { review } from './sv/review.ts';
import { runs } from './sv/runs.ts';
import { shell } from './sv/shell.ts';
import { signIn } from './sv/sign-in.ts';

export const sv = {
  errors,
  contacts,
  notifications,
  overview,
  people,
  review,
  runs,
  shell,
  signIn,
} as const;
