// Arranges what a test starts from, by the product's own functions: an organisation, people in it, somebody who signs in.
import { newId } from '../src/base/ids.ts';
import type { Actor } from '../src/base/actor.ts';
import type { Permission } from '../src/contract/permissions.ts';
import type { Database } from '../src/db/pool.ts';
import { inOrganisation } from '../src/db/transaction.ts';
import { createAccount } from '../src/people/accounts.ts';
import { insertAppUser } from '../src/people/app-users.ts';
import { createOrganisation, type NewOrganisation } from '../src/people/organisations.ts';

export const password = 'korrekt häst batteri';

export interface Person {
  /** Of the app user. */
  id: string;
  email: string;
  /** As an authorized request has it. */
  actor: Actor;
}

export interface Org {
  id: string;
  /** May everything: users_and_teams. */
  admin: Person;
  member: Person;
}

/** Two people who can sign in: admin@ and member@ the domain. */
export async function addOrganisation(
  db: Database,
  domain: string,
  given: Partial<NewOrganisation> = {},
): Promise<Org> {
  const id = await createOrganisation({ db }, { name: domain, ...given });
  return {
    id,
    admin: await addPerson(db, id, { email: `admin@${domain}`, permissions: ['users_and_teams'] }),
    member: await addPerson(db, id, { email: `member@${domain}` }),
  };
}

/** Somebody who can sign in. */
export async function addPerson(
  db: Database,
  organisationId: string,
  { email, name = email, permissions = [] }: { email: string; name?: string; permissions?: Permission[] },
): Promise<Person> {
  const accountId = await createAccount({ db }, { email, name, password });
  const id = await addAppUser(
    db,
    organisationId,
    { displayName: name },
    { accountId, signInEmail: email, permissions },
  );
  return { id, email, actor: { organisationId, appUserId: id, name, permissions, requestId: newId() } };
}

/** An app user, who cannot sign in unless an account is given. Answers the id. */
export function addAppUser(
  db: Database,
  organisationId: string,
  fields: Record<string, string>,
  more: { accountId?: string; signInEmail?: string; permissions?: Permission[] } = {},
): Promise<string> {
  return inOrganisation(db, organisationId, (tx) =>
    insertAppUser(tx, { organisationId, fields, actor: null, ...more }),
  );
}
