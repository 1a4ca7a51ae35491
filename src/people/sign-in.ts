// Signing in with e-mail and password.
export interface Account {
  id: string;
  email: string;
  name: string;
  language: 'sv' | 'en' | null;
}

export interface SignIn {
  /** The account of the session in these cookies, if it lives. */
  findSession(cookieHeader: string | undefined): Promise<Account | null>;
}
