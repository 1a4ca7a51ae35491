// What is known of one numbered error of the login host, and the short ways to write one down.

/** What stands in place of {0}, {1}, … when an error is asked for instead of met. */
export type Subject =
  | 'app'
  | 'tenant'
  | 'user'
  | 'scope'
  | 'resource'
  | 'grant'
  | 'redirect'
  | 'field'
  | 'method'
  | 'issuer'
  | 'subject'
  | 'audience';

export interface EntraErrorKind {
  /** Our own short name, by which a fault plan may ask for it. */
  name: string;
  /** The OAuth `error`. */
  error: string;
  /** The service's words where a public source quotes them, else ours. */
  text: string;
  takes: readonly Subject[];
  /** How the authorize endpoint tells it, when it does: back to the application, or on a page that the person is left on. */
  atAuthorize?: 'redirect' | 'page';
  /** The OAuth `error` of the redirect, where it is another one. */
  redirectError?: string;
  /** Unless given: 401 for `invalid_client`, 400 for everything else. */
  status?: number;
}

export const token = (name: string, error: string, text: string, ...takes: Subject[]): EntraErrorKind => ({
  name,
  error,
  text,
  takes,
});
export const paged = (name: string, error: string, text: string, ...takes: Subject[]): EntraErrorKind => ({
  ...token(name, error, text, ...takes),
  atAuthorize: 'page',
});
export const redirected = (name: string, error: string, text: string, ...takes: Subject[]): EntraErrorKind => ({
  ...token(name, error, text, ...takes),
  atAuthorize: 'redirect',
});
export const passing = (status: number, name: string, text: string): EntraErrorKind => ({
  ...redirected(name, 'temporarily_unavailable', text),
  status,
});
