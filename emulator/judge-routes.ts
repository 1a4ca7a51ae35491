// Which definition of the schema judges the answer of which route, and which routes nothing judges, with the reason.
// A route that is in neither list is a violation: who adds one has to say here what it answers.

export interface Route {
  path: RegExp;
  method?: string;
  /** A definition of the schema, or a collection of one. */
  fits: { definition: string } | { listOf: string } | { nothing: string };
}

const is = (path: RegExp, definition: string, method?: string): Route => ({
  path,
  fits: { definition },
  ...(method === undefined ? {} : { method }),
});
const list = (path: RegExp, listOf: string): Route => ({ path, fits: { listOf } });
const none = (path: RegExp, nothing: string): Route => ({ path, fits: { nothing } });

/** Below the version. The first that matches counts. */
export const graphRoutes: readonly Route[] = [
  none(/\/\$count$/, 'a number as text'),
  none(/^\/oidc\/userinfo$/, 'there is no definition of what is told of a person'),
  none(/^\/(me|users\/[^/]+)\/photos?(\/[^/]+)?\/\$value$/, 'a picture'),
  is(/^\/\$batch$/, 'batchResponse'),
  is(/^\/users\/(microsoft\.graph\.)?delta/, 'userDeltaResponse'),
  is(/^\/groups\/(microsoft\.graph\.)?delta/, 'groupDeltaResponse'),
  is(/^\/subscriptions$/, 'subscription', 'POST'),
  is(/^\/subscriptions$/, 'subscriptionCollectionResponse'),
  is(/^\/subscriptions\/[^/]+$/, 'subscription'),
  none(
    /\/(getmembergroups|checkmembergroups|getmemberobjects|checkmemberobjects)$/,
    'a list of ids, for which there is no definition',
  ),
  list(/^\/directoryobjects\/getavailableextensionproperties$/, 'extensionProperty'),
  list(/^\/applications[/(][^/]+\/extensionproperties$/, 'extensionProperty'),
  is(/^\/applications[/(][^/]+\/extensionproperties\/[^/]+$/, 'extensionProperty'),
  none(/^\/tenantrelationships\//, 'there is no definition of what is told of another tenant'),
  none(/^\/applications([/(][^/]+)?$/, 'there is no definition of an application'),
  list(/\/approleassign(ments|edto)$/, 'appRoleAssignment'),
  list(/\/oauth2permissiongrants$/, 'oAuth2PermissionGrant'),
  none(/^\/serviceprincipals([/(][^/]+)?$/, 'there is no definition of a service principal'),
  none(/^\/subscribedskus(\/[^/]+)?$/, 'there is no definition of a licence that was bought'),
  list(/^\/domains$/, 'domain'),
  is(/^\/domains\/[^/]+$/, 'domain'),
  list(/\/licensedetails$/, 'licenseDetails'),
  list(/\/photos$/, 'profilePhoto'),
  is(/\/photos?(\/[^/]+)?$/, 'profilePhoto'),
  is(/\/mailboxsettings$/, 'mailboxSettings'),
  is(/\/mailboxsettings\/automaticrepliessetting$/, 'automaticRepliesSetting'),
  is(/\/mailboxsettings\/workinghours$/, 'workingHours'),
  is(/\/mailboxsettings\/language$/, 'localeInfo'),
  none(/\/mailboxsettings\/[^/]+$/, 'one value of the settings'),
  is(/\/microsoft\.graph\.user$/, 'userCollectionResponse'),
  is(/\/microsoft\.graph\.group$/, 'groupCollectionResponse'),
  is(
    /\/(members|transitivemembers|memberof|transitivememberof|owners|sponsors|directreports|getbyids)$/,
    'directoryObjectCollectionResponse',
  ),
  is(/^\/directory\/deleteditems\/[^/]+(\/restore)?$/, 'directoryObjectAny'),
  is(/^\/directoryobjects\/[^/]+$/, 'directoryObjectAny'),
  is(/^\/users$/, 'userCollectionResponse'),
  is(/^\/groups$/, 'groupCollectionResponse'),
  is(/^\/(me|users[/(][^/]+)(\/manager)?$/, 'user'),
  is(/^\/groups[/(][^/]+$/, 'group'),
  is(/^\/organization$/, 'organizationCollectionResponse'),
  is(/^\/organization\/[^/]+$/, 'organization'),
];

/** Below the tenant of the login host. */
export const loginRoutes: readonly Route[] = [
  is(/^\/oauth2\/v2\.0\/token$/, 'tokenResponse'),
  none(/^\/v2\.0\/\.well-known\/openid-configuration$/, 'there is no definition of a discovery document'),
  none(/^\/discovery\/v2\.0\/keys$/, 'there is no definition of a set of keys'),
  none(/^\/discovery\/instance$/, 'there is no definition of instance discovery'),
  none(/^\/oauth2\/v2\.0\/(authorize|logout)$/, 'a page or a redirect'),
  none(/^(\/v2\.0)?\/adminconsent$/, 'a page or a redirect'),
  none(/^\/(login|consent)$/, 'a page or a redirect'),
];
