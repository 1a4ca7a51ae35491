// Connect Entra ID: the two ways, the link, the colleague's page and the way through sign-in and consent.
import type { Section } from '../catalogue.ts';
import type { connect as swedish } from '../sv/connect.ts';

export const connect: Section<typeof swedish> = {
  title: 'Connect Entra ID',
  lead: 'Get users from your Microsoft Entra ID. The app only reads, it never changes anything in Entra. Nothing happens in the app until you have chosen what to sync.',
  self: {
    title: 'I am an administrator in Entra ID',
    text: 'Sign in and grant the permissions yourself. It takes a minute.',
    button: 'Sign in with Microsoft',
  },
  colleague: {
    title: 'A colleague is the administrator',
    text: 'Generate a link and send it. Your colleague needs no account here. The link is valid for 72 hours and can be used once.',
    button: 'Generate a link',
    another: 'Generate a new link',
    replaces: 'A new link replaces the one that is valid now.',
  },
  permissions: {
    title: 'What the app asks for',
    lead: 'Two permissions, both read only.',
    permission: 'Permission',
    used: 'Used for',
    cannot: 'Cannot',
    users: {
      name: 'Read user profiles',
      used: 'name, e-mail, phone, job title and the fields you map',
      cannot: 'read e-mail, files or passwords',
    },
    groups: {
      name: 'Read group memberships',
      used: 'knowing who belongs to the groups you choose',
      cannot: 'change groups or members',
    },
    roles: 'Required in Entra ID: the role Global Administrator or Privileged Role Administrator.',
  },
  again: {
    title: 'Connect {{tenant}} again.',
    text: 'The permissions are granted anew for {{tenant}}. Settings, links and history stay as they are.',
  },
  earlier: {
    title: 'The sync with {{tenant}} was turned off {{time}}.',
    kept: 'All data is kept. All settings are made again from the start.',
    links_one:
      'All data is kept, {{count, number}} link included. If you connect the same tenant again, it is offered again. All settings are made again from the start.',
    links_other:
      'All data is kept, {{count, number}} links included. If you connect the same tenant again, they are offered again. All settings are made again from the start.',
  },
  link: {
    ready: 'The link is ready',
    readyText: 'Copy and send it now, it is shown only this once. It is valid until {{time}}.',
    label: 'Link for your colleague',
    list: 'Links of the last 30 days',
    listLead: 'The page updates by itself when something happens to a link.',
    state: 'State',
    created: 'Created',
    by: 'By',
    expires: 'Valid until',
    states: {
      created: 'Created',
      opened: 'Opened',
      declined: 'Declined',
      used: 'Used',
      usedBy: 'Used by {{name}}',
      expired: 'Expired',
      revoked: 'Revoked',
    },
    revoke: 'Revoke',
    revokeOf: 'Revoke the link created {{time}}',
    revokeTitle: 'Revoke the link?',
    revokeText: 'Whoever has the link can no longer use it. You can generate a new one whenever you like.',
    revokeConfirm: 'Revoke the link',
    revoked: 'The link is revoked.',
  },
  landing: {
    title: '{{organisation}} asks to read your Entra ID',
    lead: 'The app needs to know who works with you. Here you see who asks, and for what, before you sign in at Microsoft.',
    who: 'Who asks',
    organisation: 'Organisation',
    person: 'Person',
    email: 'E-mail',
    validUntil: 'The link is valid until',
    unsure: 'Don’t recognise the person? Ask before you go on, or decline.',
    next: 'After signing in you see which tenant is going to be connected. You grant the permissions only on Microsoft’s own page, and can cancel right up to then.',
    signIn: 'Sign in with Microsoft',
    decline: 'Decline',
    declineTitle: 'Decline the request?',
    declineText: 'The link stops working, and {{name}} is told that you declined. Nothing changes in Entra ID.',
    declineConfirm: 'Decline the request',
    declined: {
      title: 'You have declined the request.',
      text: '{{name}} is told. Nothing has changed in Entra ID. You can close the window.',
    },
  },
  flow: {
    question: 'Connect {{tenant}} to {{organisation}}?',
    lead: 'Check that both are right. On the next page, which is Microsoft’s own, you grant the permissions.',
    tenant: 'Tenant in Entra ID',
    tenantId: 'Its id',
    organisation: 'Organisation in the app',
    signer: 'Signed in as',
    unnamed: 'the tenant',
    confirm: 'Go on to Microsoft',
    cancel: 'Cancel',
    otherAccount: 'Sign in with another account',
    consentOpen: {
      title: 'The consent at Microsoft is not finished.',
      text: 'Go there again, or cancel. Nothing has changed.',
    },
    noRole: {
      title: 'The account does not seem to be allowed to grant the permissions.',
      self: 'That takes the role Global Administrator or Privileged Role Administrator. Sign in with an account that has one of them, or cancel and send a link to a colleague who has. If you got the role just now, sign in again, so that it shows.',
      colleague:
        'That takes the role Global Administrator or Privileged Role Administrator. Sign in with an account that has one of them, or pass the link on to a colleague who has. If you got the role just now, sign in again, so that it shows.',
    },
    typeName: {
      title: 'Is it the right organisation?',
      text: 'The e-mail address of the person who asks belongs to none of the domains of {{tenant}}. Type the organisation’s name to show that you know who this is for.',
      label: 'The organisation’s name',
      hint: 'Type {{organisation}}',
      wrong: 'Type the organisation’s name exactly as it stands above.',
    },
    proving: {
      title: 'Waiting for Microsoft …',
      text: 'The permissions are granted. It usually takes a minute before they count everywhere at Microsoft. You can leave the page, the connection is completed all the same.',
    },
    connected: {
      title: 'Entra ID is connected.',
      text: '{{tenant}} is now connected to {{organisation}}. Nothing has changed in the app. Now choose what to sync.',
      button: 'Choose what to sync',
      colleagueTitle: 'Done, you can close the window.',
      colleagueText:
        '{{tenant}} is now connected to {{organisation}}, and whoever asked is told. Nothing changes in the app until the organisation has chosen what to sync.',
    },
    failed: { retry: 'Try again', back: 'To Connect Entra ID' },
    lost: {
      text: 'Did somebody send you a link? Open it again, in the same browser all the way.',
      button: 'To the app',
    },
    cancelled: {
      title: 'You have cancelled.',
      text: 'Nothing has changed. You can close the window, or start again with the link.',
    },
  },
};
