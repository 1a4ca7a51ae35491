// The numbered errors that have to do with a person or with consent: most show at the authorize endpoint, all can be had at the token endpoint.
import { paged, redirected } from './aadsts-kind.ts';
import type { EntraErrorKind } from './aadsts-kind.ts';

const DENIED = 'The resource owner or authorization server denied the request.';

export const SIGN_IN_ERRORS = {
  65001: {
    ...redirected(
      'noConsent',
      'invalid_grant',
      "The user or administrator has not consented to use the application with ID '{0}'. Send an interactive authorization request for this user and resource.",
      'app',
    ),
    redirectError: 'consent_required',
  },
  65004: redirected('declined', 'consent_required', DENIED),
  50105: {
    ...redirected(
      'notAssigned',
      'invalid_grant',
      "Your administrator has configured the application '{0}' to block users unless they are specifically granted ('assigned') access to the application.",
      'app',
    ),
    redirectError: 'access_denied',
  },
  90094: redirected(
    'adminConsentNeeded',
    'access_denied',
    'An administrator of {0} has set a policy that prevents you from granting {1} the permissions it is requesting.',
    'tenant',
    'app',
  ),
  90095: redirected(
    'approvalRequested',
    'access_denied',
    'Admin consent is required for the permissions requested by {0}. An administrator of {1} can be asked for approval.',
    'app',
    'tenant',
  ),
  650052: redirected(
    'serviceNotEnabled',
    'invalid_client',
    "The app is trying to access a service '{0}' that your organization '{1}' lacks a service principal for. Contact your IT Admin to review the configuration of your service subscriptions.",
    'resource',
    'tenant',
  ),
  650056: redirected(
    'misconfiguredPermissions',
    'invalid_client',
    'Misconfigured application. The client has not listed any permissions in the requested permissions of the application registration, or the admin has not consented in the tenant {0}.',
    'tenant',
  ),
  650057: redirected(
    'resourceNotListed',
    'invalid_resource',
    "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Resource: {0}.",
    'resource',
  ),
  50011: paged(
    'redirectMismatch',
    'invalid_request',
    "The redirect URI '{0}' specified in the request does not match the redirect URIs configured for the application '{1}'.",
    'redirect',
    'app',
  ),
  50020: paged(
    'foreignUser',
    'invalid_grant',
    "User account '{0}' from another organization does not exist in tenant '{1}' and cannot access the application there. The account needs to be added as an external user in the tenant first.",
    'user',
    'tenant',
  ),
  50034: paged(
    'unknownUser',
    'invalid_grant',
    'The user account {0} does not exist in the {1} directory. To sign into this application, the account must be added to the directory.',
    'user',
    'tenant',
  ),
  50057: paged('userDisabled', 'invalid_grant', 'The user account is disabled.'),
  50126: paged('badPassword', 'invalid_grant', 'Error validating credentials due to invalid username or password.'),
  50076: redirected(
    'mfaNeeded',
    'interaction_required',
    'Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access {0}.',
    'resource',
  ),
  50079: redirected(
    'mfaEnrolment',
    'interaction_required',
    'Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access {0}.',
    'resource',
  ),
  53003: {
    ...redirected(
      'blockedByPolicy',
      'invalid_grant',
      'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    ),
    redirectError: 'access_denied',
  },
  50194: redirected(
    'singleTenant',
    'invalid_request',
    "Application '{0}' is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after 10/15/2018. Use a tenant-specific endpoint or configure the application to be multi-tenant.",
    'app',
  ),
} as const satisfies Record<number, EntraErrorKind>;
