// Which errors an administrator meets in a browser, part by part.
import type { ErrorCase } from './error-case.ts';
import { connectingErrors, linkErrors, remindErrors } from './error-connecting.ts';
import { doorErrors } from './error-door.ts';
import { peopleErrors } from './error-people.ts';
import { reviewErrors } from './error-review.ts';
import { runErrors } from './error-runs.ts';
import { settingsErrors } from './error-settings.ts';

interface Part {
  signedIn: boolean;
  /** Begins without any consent at Microsoft's. Else an earlier one stays, as the token does that the server has by it. */
  isConsent?: boolean;
  cases: readonly ErrorCase[];
}

export const errorCases: Record<string, Part> = {
  'before signing in': { signedIn: false, cases: [...doorErrors, ...linkErrors] },
  'users and teams': { signedIn: true, cases: peopleErrors },
  connecting: { signedIn: true, isConsent: true, cases: [...connectingErrors, ...remindErrors] },
  settings: { signedIn: true, cases: settingsErrors },
  'a run': { signedIn: true, cases: runErrors },
  'the review lists': { signedIn: true, cases: reviewErrors },
};
