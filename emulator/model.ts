// The plain data the emulator keeps: tenants with their directory, app registrations, settings and faults.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Props = Record<string, Json>;

/** A user; `props` holds only members that ever had a value, because delta tells "never had one" (absent) from "cleared" (null). */
export interface DirectoryUser {
  /** Creation order inside the tenant; listings page by it, so that a page boundary survives deletions and restarts. */
  n: number;
  id: string;
  props: Props;
  managerId: string | null;
  /** Directory role template ids. */
  roles: string[];
  deletedAt: number | null;
  /** Who answers for a guest: ids of users and groups. */
  sponsorIds?: string[];
  beyond?: Beyond;
}

export type MailboxPurpose = 'user' | 'linked' | 'shared' | 'room' | 'equipment' | 'others';

/** What other stores than the directory know of a person: delta and filters do not. */
export interface Beyond {
  /** null: no mailbox. Absent: a mailbox of a person's own for whoever has an address and a licence. */
  mailboxPurpose?: MailboxPurpose | null;
  /** Absent: three of four people have a photo. */
  photo?: boolean;
  /** ISO time; null: never signed in. */
  lastSignIn?: string | null;
}

/** A member that an application has added to the directory, named `extension_{application id without hyphens}_{name}`. */
export interface ExtensionProperty {
  id: string;
  /** Object id of the application in this tenant. */
  applicationId: string;
  appId: string;
  appDisplayName: string;
  name: string;
  dataType: 'String' | 'Boolean' | 'Integer' | 'DateTime' | 'LargeInteger' | 'Binary';
  isMultiValued: boolean;
  isSyncedFromOnPremises: boolean;
}

/** What a tenant has bought and added, beside its directory. */
export interface TenantFacts {
  /** Entra ID P1, without which sign-in activity is refused. */
  premium: boolean;
  extensionProperties: ExtensionProperty[];
  /** Whom it has named for technical matters. */
  technicalMails: string[];
}

export interface DirectoryGroup {
  n: number;
  id: string;
  props: Props;
  /** Member id to joining order; a Map keeps that order. */
  members: Map<string, number>;
  ownerIds?: string[];
  deletedAt: number | null;
}

/** One line of a tenant's change log. `props` is `['*']` for created or restored, `['-']` for deleted. */
export interface Change {
  seq: number;
  at: number;
  id: string;
  props: string[];
  /** The user or group that joined or left; for 'manager' the new one. */
  member?: string;
  added?: boolean;
  /** For 'manager': who it was before. */
  before?: string;
}

export interface Grant {
  /** Object id of the service principal that the consent created in the tenant. */
  principalId: string;
  roles: string[];
  enabled: boolean;
  grantedAt: number | null;
  /** People who signed in, each with the time: the service assigns them to the application by that. */
  assigned?: Record<string, number>;
}

/** What an unusable delta link answers; all are attested, which one today's service gives is not. */
export type DeadLinkAnswer = 'unsupportedQuery' | 'syncStateNotFound' | 'gone' | 'resyncRequired' | 'notFound';

export interface Tenant extends TenantFacts {
  id: string;
  displayName: string;
  /** Verified domains; the first is the default one. */
  domains: string[];
  country: string;
  createdAt: number;
  users: Map<string, DirectoryUser>;
  groups: Map<string, DirectoryGroup>;
  userOrder: DirectoryUser[];
  groupOrder: DirectoryGroup[];
  idByUpn: Map<string, string>;
  /** Member id to the groups it is directly in. */
  groupsOf: Map<string, Set<string>>;
  deletedIds: Set<string>;
  userLog: Change[];
  groupLog: Change[];
  grants: Map<string, Grant>;
  lastN: number;
  lastSeq: number;
  /** Raised to make every delta link handed out so far unusable. */
  deltaGeneration: number;
  deadLinkAnswer: DeadLinkAnswer;
}

export interface AppRegistration {
  clientId: string;
  secret: string;
  /** From when on the secret is refused as expired, by the emulator's clock; without it, never. */
  secretExpiresAt?: string;
  name: string;
  redirectUris: string[];
  /** The static list that `.default` stands for. */
  requiredRoles: string[];
  groupMembershipClaims: 'None' | 'DirectoryRole' | 'All';
  /** PEM certificates whose key may sign in place of the secret. */
  certificates?: string[];
  /** Issuers whose tokens are taken in place of the secret. */
  federatedCredentials?: FederatedCredential[];
}

export interface FederatedCredential {
  issuer: string;
  subject: string;
  audience: string;
  /** The issuer's public keys; a real one is asked for them over the network. */
  keys: { kid?: string; [name: string]: Json | undefined }[];
}

export interface Settings {
  propagationMs: number;
  /** What a token stands for that was minted before the consent had spread: nobody whom Graph knows, or the application without its roles. */
  poorToken: 'nobody' | 'withoutRoles';
  latencyMs: number;
  pageSizes: { delta: number; deltaMembers: number; listMax: number };
  identityNotFoundStatus: 401 | 403;
  missingPrincipal: 7000229 | 700016;
  deltaLinkDays: number;
  expiredDeltaAnswer: DeadLinkAnswer;
  /** Freedoms that the real service takes with delta and a client must bear. */
  deltaQuirks: { removedInFirstRound: boolean; emptyPages: boolean; duplicates: boolean; reversed: boolean };
  /** id_tokens keep real time unless this is set, so that moving the emulator's clock does not break a sign-in. */
  idTokensFollowClock: boolean;
  /** Refusing by resource units; `share` is the part of Microsoft's limits that holds, so that a test need not ask thousands of times. */
  throttling: { enforced: boolean; share: number };
  notifications: NotificationSettings;
}

/** How those who subscribed are told. Waits for receivers are real time; delays before sending follow the emulator's clock. */
export interface NotificationSettings {
  delayMs: number;
  perPostMax: number;
  /** Freedoms that the real service takes with notifications and a receiver must bear. */
  duplicates: boolean;
  reversed: boolean;
  /** Every so many-th notification is lost without a word; 0 is none. */
  loseEvery: number;
  handshakeWithinMs: number;
  handshakeOnRenewal: boolean;
  answerWithinMs: number;
  slowAboveMs: number;
  /** No receiver is called slow before it got so many notifications. */
  slowFrom: number;
}

export const DEFAULT_SETTINGS: Settings = {
  propagationMs: 0,
  poorToken: 'nobody',
  latencyMs: 0,
  pageSizes: { delta: 200, deltaMembers: 500, listMax: 999 },
  identityNotFoundStatus: 401,
  missingPrincipal: 7000229,
  deltaLinkDays: 30,
  expiredDeltaAnswer: 'unsupportedQuery',
  deltaQuirks: { removedInFirstRound: false, emptyPages: false, duplicates: false, reversed: false },
  idTokensFollowClock: false,
  throttling: { enforced: true, share: 1 },
  notifications: {
    delayMs: 0,
    perPostMax: 100,
    duplicates: false,
    reversed: false,
    loseEvery: 0,
    handshakeWithinMs: 10_000,
    handshakeOnRenewal: false,
    answerWithinMs: 3000,
    slowAboveMs: 2900,
    slowFrom: 100,
  },
};

export const DEFAULT_APP: AppRegistration = {
  clientId: '11111111-2222-4333-8444-555555555555',
  secret: 'demo-secret-not-for-production',
  name: 'Samsyn',
  redirectUris: [],
  requiredRoles: ['User.Read.All', 'GroupMember.Read.All'],
  groupMembershipClaims: 'DirectoryRole',
};

export const ROLE = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  privilegedRoleAdministrator: 'e8611ab8-c189-46e8-94e1-60213ab1f814',
  applicationAdministrator: '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
  cloudApplicationAdministrator: '158c047a-c907-4556-b7ef-446551a6b5f7',
  globalReader: 'f2ef992c-3afb-46b9-b7cf-a126ee74c451',
  userAdministrator: 'fe930be7-5e62-47db-91af-98c3a49a38b1',
} as const;

/**
 * A role of the tenant's own with the permission to grant consent: has an id of its own, which no token names in `wids`.
 * https://learn.microsoft.com/entra/identity/role-based-access-control/custom-consent-permissions
 */
export const CUSTOM_CONSENT_ROLE = 'c0000000-0000-4000-8000-00000000c0de';

export const ROLE_NAMES: Record<string, string> = {
  [ROLE.globalAdministrator]: 'Global Administrator',
  [ROLE.privilegedRoleAdministrator]: 'Privileged Role Administrator',
  [ROLE.applicationAdministrator]: 'Application Administrator',
  [ROLE.cloudApplicationAdministrator]: 'Cloud Application Administrator',
  [ROLE.globalReader]: 'Global Reader',
  [ROLE.userAdministrator]: 'User Administrator',
  [CUSTOM_CONSENT_ROLE]: 'A role of their own that may consent',
};
