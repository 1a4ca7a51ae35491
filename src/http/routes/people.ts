// The organisation, contacts, app users, teams and custom fields.
import * as api from '../../contract/api-people.ts';
import { inOrganisation } from '../../db/transaction.ts';
import { createAppUser, updateAppUser } from '../../people/app-users.ts';
import { getContact, listContacts } from '../../people/contacts.ts';
import { endException as endRoute, makeException as makeRoute } from '../../contract/api-exceptions.ts';
import { createCustomField, listCustomFields } from '../../people/custom-fields.ts';
import { endException, makeException } from '../../people/field-exceptions.ts';
import { getOrganisation, updateOrganisation } from '../../people/organisations.ts';
import { createPasswordLink } from '../../people/password-link.ts';
import { getAppUser, listAppUserHistory, listAppUsers } from '../../people/read-app-user.ts';
import { createTeam, deleteTeam, listTeamMembers, listTeams, updateTeam } from '../../people/teams.ts';
import { removeAppUser } from '../../review/remove-app-user.ts';
import { addRoute, type App } from '../route.ts';
import type { RouteDeps } from '../route-deps.ts';

export interface PeopleRouteDeps extends RouteDeps {
  /** The nightly run follows the organisation's time zone. */
  rescheduleNightly(organisationId: string): Promise<void>;
}

export function peopleRoutes(app: App, deps: PeopleRouteDeps): void {
  addRoute(app, deps, api.getOrganisation, ({ actor: { organisationId } }) =>
    inOrganisation(deps.db, organisationId, (tx) => getOrganisation(tx, organisationId), { readOnly: true }),
  );
  addRoute(app, deps, api.updateOrganisation, async ({ actor, body }) => {
    const updated = await updateOrganisation(deps, actor, body);
    if (body.timeZone !== undefined) await deps.rescheduleNightly(actor.organisationId);
    return updated;
  });

  addRoute(app, deps, api.listContacts, ({ actor, query }) => listContacts(deps, actor, query));
  addRoute(app, deps, api.getContact, ({ actor, params }) => getContact(deps, actor, params));

  addRoute(app, deps, api.listAppUsers, ({ actor, query }) => listAppUsers(deps, actor, query));
  addRoute(app, deps, api.createAppUser, ({ actor, body }) => createAppUser(deps, actor, body));
  addRoute(app, deps, api.getAppUser, ({ actor, params }) => getAppUser(deps, actor, params));
  addRoute(app, deps, api.updateAppUser, ({ actor, params, body }) =>
    updateAppUser(deps, actor, { ...body, id: params.id }),
  );
  addRoute(app, deps, api.removeAppUser, ({ actor, params }) => removeAppUser(deps, actor, params));
  addRoute(app, deps, api.createPasswordLink, ({ actor, params, body }) =>
    createPasswordLink(deps, actor, { ...body, id: params.id }),
  );
  addRoute(app, deps, api.listAppUserHistory, ({ actor, params, query }) =>
    listAppUserHistory(deps, actor, { ...query, id: params.id }),
  );

  addRoute(app, deps, makeRoute, ({ actor, params, body }) => makeException(deps, actor, { ...body, id: params.id }));
  addRoute(app, deps, endRoute, ({ actor, params, body }) => endException(deps, actor, { ...body, id: params.id }));

  addRoute(app, deps, api.listTeams, ({ actor }) => listTeams(deps, actor));
  addRoute(app, deps, api.createTeam, ({ actor, body }) => createTeam(deps, actor, body));
  addRoute(app, deps, api.updateTeam, ({ actor, params, body }) => updateTeam(deps, actor, { ...body, id: params.id }));
  addRoute(app, deps, api.deleteTeam, ({ actor, params }) => deleteTeam(deps, actor, params));
  addRoute(app, deps, api.listTeamMembers, ({ actor, params }) => listTeamMembers(deps, actor, params));

  addRoute(app, deps, api.listCustomFields, ({ actor }) => listCustomFields(deps, actor));
  addRoute(app, deps, api.createCustomField, ({ actor, body }) => createCustomField(deps, actor, body));
}
