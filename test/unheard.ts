// What connecting needs beside Microsoft and the database, for tests about something else: letters that nobody reads, links that nobody
// watches, and an operator who does not ask to be asked.
import type { ConnectionDeps } from '../src/connection/deps.ts';

export const unheard: Pick<ConnectionDeps, 'watchLink' | 'mailReminder' | 'mailTenant' | 'operatorApproves'> = {
  watchLink: async () => undefined,
  mailReminder: async () => true,
  mailTenant: async () => undefined,
  operatorApproves: false,
};
