// What went wrong and what to do next, for each code of contract/errors.ts.
import type { ErrorCode } from '../../contract/errors.ts';

export const errors = {
  invalid_input: { title: 'Something you entered cannot be used.', next: 'Correct the marked fields and try again.' },
  not_signed_in: {
    title: 'You are not signed in.',
    next: 'Sign in, and you will come back to the page where you were.',
  },
  wrong_credentials: { title: 'Wrong e-mail address or password.', next: 'Check both and try again.' },
  forbidden: {
    title: 'You do not have permission for this.',
    next: 'Ask an administrator for the permission Users & Teams.',
  },
  cross_site: {
    title: "The request came from another address than the app's own and was stopped.",
    next: 'Open the app at its own address and try again. If that does not help, ask whoever runs the service to check SAMSYN_PUBLIC_URL.',
  },
  password_needed: {
    title: 'The password is needed once more.',
    next: 'Try again and confirm with your password. Nothing has changed.',
  },
  not_found: { title: 'It does not exist, or has been removed.', next: 'Go back and reload the list.' },
  too_many_requests: { title: 'Too many attempts in a short time.', next: 'Wait a while and try again.' },
  payload_too_large: { title: 'What you sent is too large.', next: 'Split it into smaller parts.' },
  internal: {
    title: 'Something went wrong on our side.',
    next: 'Nothing was changed. Try again, and quote the reference if it happens again.',
  },
  database_unavailable: {
    title: 'The database is not answering right now.',
    next: 'Wait a minute and see whether your change is there; otherwise try again.',
  },
  storage_full: {
    title: 'The service has no room left to store data.',
    next: 'Nothing was changed. Whoever runs the service has been alerted; try again when there is room.',
  },
  server_read_only: {
    title: 'Samsyn only shows, nothing can be changed right now.',
    next: 'Nothing was changed. The secret key of the server is missing or wrong: ask whoever runs Samsyn to bring it back.',
  },
  email_taken: { title: 'Another user already has that e-mail address.', next: 'Choose another address.' },
  email_invalid: {
    title: 'The e-mail address is not valid.',
    next: 'Enter one single address, for example anna@example.com.',
  },
  name_taken: { title: 'The name is taken.', next: 'Choose another name.' },
  stale_version: {
    title: 'Somebody else changed this before you.',
    next: 'Reload the page, see what changed, and make your change again.',
  },
  last_administrator: {
    title: 'This is the last person with the permission Users & Teams.',
    next: 'Give the permission to somebody else first.',
  },
  password_too_short: { title: 'The password is too short.', next: 'Use at least 12 characters.' },
  sign_in_link_invalid: { title: 'The link is no longer valid.', next: 'Ask the administrator for a new one.' },
  custom_field_limit: {
    title: 'The organisation already has as many fields of its own as it can.',
    next: 'Use one of the existing fields.',
  },
  already_connected: {
    title: 'The organisation is already connected to Entra ID.',
    next: 'Turn off the sync first if you want to connect again.',
  },
  tenant_taken: {
    title: 'This Entra tenant is already connected to another organisation.',
    next: 'Turn off the sync there first, or sign in to another tenant.',
  },
  not_connected: { title: 'The organisation is not connected to Entra ID.', next: 'Connect Entra ID first.' },
  connect_link_invalid: {
    title: 'The link is not valid.',
    next: 'It may have been used, expired or been revoked. Ask the sender for a new one.',
  },
  connect_link_reminded: {
    title: 'A reminder has been sent already.',
    next: 'One can be sent for each link. Generate a new link if it is needed.',
  },
  connect_flow_missing: {
    title: 'This attempt to connect has expired, or was started in another browser.',
    next: 'Start from the beginning. Nothing has changed.',
  },
  connect_declined: {
    title: 'The permissions were not granted.',
    next: 'Nothing has changed. Try again whenever you like.',
  },
  connect_cancelled: {
    title: 'The sign-in at Microsoft was cancelled.',
    next: 'Nothing has changed. Try again whenever you like.',
  },
  connect_role_missing: {
    title: 'The account that signed in may not grant the permissions.',
    next: 'Sign in as a Global Administrator or a Privileged Role Administrator, or send a link to somebody who is.',
  },
  connect_not_proved: {
    title: 'It could not be shown that you may connect this tenant.',
    next: 'The permissions had already been granted. Sign in with an account that has the role Global Administrator or Privileged Role Administrator.',
  },
  connect_guest: {
    title: 'Guest accounts cannot connect a tenant.',
    next: 'Sign in with an account that belongs to it.',
  },
  connect_tenant_mismatch: {
    title: 'It is the wrong tenant.',
    next: 'Start over with an account of the tenant to connect, and use it all the way.',
  },
  connect_permission_missing: {
    title: 'Microsoft says that a permission is missing.',
    next: 'Try again and grant both permissions. If it happens again, ask whoever runs the service to check that the app registration asks for both.',
  },
  connect_refused: {
    title: 'The connection was not approved by whoever runs the service.',
    next: 'Nothing has changed. Ask whoever runs the service if you want to know why.',
  },
  mail_not_sent: {
    title: 'The e-mail could not be sent.',
    next: 'Nothing has changed. Check the address and try again, or copy a new link and send it yourself.',
  },
  connect_failed: {
    title: 'Microsoft could not complete the connection.',
    next: 'Nothing has changed. Try again in a while.',
  },
  steps_missing: {
    title: 'Not all steps are done.',
    next: 'Save Groups, Fields, Notices and Overview before you sync.',
  },
  group_unknown: {
    title: 'One of the groups does not exist in Entra ID.',
    next: 'Remove it from the choice, or choose another.',
  },
  groups_empty: { title: 'No group is chosen.', next: 'Choose at least one group, or choose All users.' },
  field_unknown: {
    title: 'The field does not exist in the app.',
    next: 'Choose a field from the list, or create your own.',
  },
  field_mapped_twice: { title: 'The same field in the app is mapped twice.', next: 'Let each field have one mapping.' },
  default_field_required: {
    title: 'One of the default fields is missing.',
    next: 'First name, last name, display name and e-mail are always synced.',
  },
  recipient_unknown: { title: 'One of the recipients no longer exists.', next: 'Remove it from the list.' },
  recipients_empty: { title: 'No recipient is chosen.', next: 'Choose at least one user or e-mail address.' },
  graph_unreachable: {
    title: 'Microsoft Graph does not answer.',
    next: 'Check the network and try again. Nothing was changed.',
  },
  graph_busy: { title: 'Microsoft asks us to wait.', next: 'Try again in a few minutes. Nothing was changed.' },
  graph_certificate: {
    title: "Microsoft's certificate is not accepted. Nothing was sent.",
    next: 'Whoever runs the service needs to check whether a proxy breaks the traffic open, and whether the clock is right. Nothing was changed.',
  },
  graph_malformed: {
    title: 'The answer did not come from Microsoft Graph, or could not be read.',
    next: 'Check whether a proxy alters the traffic. Nothing was changed.',
  },
  graph_intercepted: {
    title: 'A web page came in place of the answer from Microsoft.',
    next: 'The network or a proxy probably asks for a sign-in. Whoever runs the service needs to let the traffic through. Nothing was changed.',
  },
  graph_too_large: {
    title: 'The answer from Microsoft Graph is larger than allowed.',
    next: 'Nothing was changed. Contact whoever runs the service.',
  },
  graph_foreign_link: {
    title: 'Microsoft Graph pointed to an unexpected address. Nothing was sent there.',
    next: 'Nothing was changed. Contact whoever runs the service.',
  },
  graph_loop: {
    title: 'Microsoft Graph sent the same page over and over.',
    next: 'Nothing was changed. Try again later.',
  },
  graph_resync: {
    title: 'Microsoft asked us to start over again and again.',
    next: 'Nothing was changed. The next run reads everything again.',
  },
  graph_consent_revoked: {
    title: 'The permission has been withdrawn in Entra ID.',
    next: 'Connect again and grant the permissions. Nobody has been removed.',
  },
  graph_credentials_refused: {
    title: "The app's secret or certificate is not accepted by Microsoft.",
    next: 'Whoever runs the service is alerted and needs to enter a new one. Nothing was changed, and there is nothing that you need to do.',
  },
  graph_credentials_expired: {
    title: "The app's secret at Microsoft has expired.",
    next: 'Whoever runs the service is alerted and needs to enter a new one. Nothing was changed, and there is nothing that you need to do.',
  },
  graph_permission_missing: {
    title: 'A permission is missing in Entra ID.',
    next: 'Connect again and grant both permissions.',
  },
  graph_tenant_gone: {
    title: 'The tenant no longer exists at Microsoft.',
    next: 'All data is kept, and nobody counts as gone because of it. Turn off the sync; then another tenant can be connected.',
  },
  graph_request_refused: {
    title: 'Microsoft Graph did not accept the request.',
    next: 'Nothing was changed. Quote the Microsoft request id if it happens again.',
  },
  run_open: { title: 'A sync is already under way.', next: 'Follow it, and start a new one when it is done.' },
  run_interrupted: { title: 'The run was interrupted.', next: 'Nothing was changed. Start it again.' },
  run_superseded: {
    title: 'The run ended because the sync was turned off or taken over by another run.',
    next: 'Nothing was changed. If the sync is on, press Sync now under Overview.',
  },
  run_scope_group_hidden: {
    title: 'The members of a chosen group are hidden and cannot be read.',
    next: 'Nothing was changed. Make the membership visible in Entra ID, or choose other groups under Groups.',
  },
  run_implausible: {
    title: 'Entra ID returned so few people that the answer is not plausible.',
    next: 'Nothing was changed. Check Entra ID and sync again.',
  },
  run_unsafe: {
    title: 'The run was stopped by a safety check.',
    next: 'Nothing was changed. The operator of Samsyn has been told which check it was. Sync again, and get in touch with them if it happens once more.',
  },
  plan_changed: {
    title: 'What would happen has changed since you previewed it.',
    next: 'Nothing was saved. Preview again, and save then.',
  },
  already_linked: {
    title: 'The person in Entra ID is already linked to another user.',
    next: 'The link is under Linked. Unlink it there if it is wrong.',
  },
  app_user_linked: {
    title: 'The user is already linked to another person in Entra ID.',
    next: 'The link is under Linked. Unlink it there if it is wrong.',
  },
  not_available: {
    title: 'The person is no longer on the list.',
    next: 'Somebody else has taken care of it, or the person no longer belongs. The list shows how it is now.',
  },
  not_gone: {
    title: 'The person still exists in Entra ID and cannot be removed from here.',
    next: 'To remove the user from the app all the same, go to Users & Teams.',
  },
  cannot_remove_self: { title: 'You cannot remove yourself.', next: 'Ask another administrator.' },
} as const satisfies Record<ErrorCode, { title: string; next: string }>;
