// Signing in, and choosing a password by a link from an administrator.
import type { Section } from '../catalogue.ts';
import type { signIn as swedish } from '../sv/sign-in.ts';

export const signIn: Section<typeof swedish> = {
  title: 'Sign in',
  lead: 'With the e-mail address that your administrator has set up.',
  email: 'E-mail',
  password: 'Password',
  showPassword: 'Show the password',
  submit: 'Sign in',
  noPassword: 'No password? Ask an administrator for a password link.',
  emailMissing: 'Enter your e-mail address.',
  passwordMissing: 'Enter your password.',
  tagline: 'The same people in the app as in Entra ID.',
  demo: {
    title: 'This is a demo',
    lead: 'Choose who to be. The data is invented, and nothing reaches Microsoft.',
    administrator: 'Administrator',
    colleague: 'Colleague',
    signInAs: 'Sign in as',
    directory: 'Open the invented Entra ID',
  },
  confirm: {
    title: 'Confirm that it is you',
    text: 'What you are about to do gives access to data about many people. Enter your password once more.',
    account: 'Signed in as {{email}}',
    password: 'Password',
    wrong: 'Wrong password. Try again.',
    submit: 'Continue',
  },
  choose: {
    title: 'Choose a password',
    lead: 'Then you sign in with your e-mail address and the password.',
    password: 'New password',
    hint: 'At least 12 characters. A few words in a row are easy to remember.',
    repeat: 'Repeat the password',
    tooShort: 'The password is too short: at least 12 characters.',
    different: 'The passwords are not the same.',
    submit: 'Save the password',
    done: { title: 'The password is saved.', next: 'Now you can sign in.', button: 'To the sign-in' },
    noToken: {
      title: 'The link is not complete.',
      next: 'Copy the whole link from the message, or ask the administrator for a new one.',
    },
  },
};
