// Who acts, in which organisation, on which request: given to every room function that a person can start.

export interface Actor {
  organisationId: string;
  appUserId: string;
  name: string;
  permissions: readonly string[];
  requestId: string;
}
