// Exchanges that are used for nothing, by the reason. A reason that ceases to hold makes a case that can be used.
import type { Used } from './table-types.ts';

const because = (kind: string, skipped: string, names: string): Record<string, Used> =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, { kind, skipped }]),
  );

const WRITES =
  'changes the directory: the product never does, and the emulator takes changes on its page and by its control API only (405)';

export const unused: Record<string, Used> = {
  ...because(
    'users: changes',
    WRITES,
    `user-delete-01 user-post-users-01 user-post-users-02 user-update-01 user-update-02 user-update-03
     docs2025-delete-users docs2025-delete-users-2 docs2025-delete-users-appRoleAssignments docs2025-delete-users-manager-ref
     docs2025-delete-users-sponsors-ref docs2025-patch-users docs2025-patch-users-2 docs2025-post-users docs2025-post-users-2
     docs2025-post-users-appRoleAssignments docs2025-post-users-sponsors-ref docs2025-put-users-manager-ref`,
  ),
  ...because(
    'groups: changes',
    WRITES,
    `group-delete-01 group-delete-members-01 group-post-groups-01 group-post-groups-02 group-post-groups-03 group-post-members-01
     group-post-members-02 group-update-01 docs2025-delete-groups docs2025-delete-groups-members-ref docs2025-delete-groups-owners-ref
     docs2025-patch-groups docs2025-patch-groups-uniqueName docs2025-post-groups docs2025-post-groups-members-ref
     docs2025-post-groups-owners-ref`,
  ),
  ...because(
    'other changes',
    WRITES,
    `application-post-extensionproperty-01 graph-extensionproperty-created-2023 docs2025-delete-applications-extensionProperties
     docs2025-post-applications-extensionProperties docs2025-delete-directoryObjects docs2025-delete-domains docs2025-patch-domains
     docs2025-post-domains docs2025-patch-organization docs2025-delete-servicePrincipals-appRoleAssignedTo
     docs2025-delete-servicePrincipals-appRoleAssignments docs2025-post-servicePrincipals-appRoleAssignedTo
     docs2025-post-servicePrincipals-appRoleAssignments docs2025-post-directoryObjects-validateProperties`,
  ),
  ...because(
    'beta',
    'the beta version, which Microsoft may change at any time: the product asks for v1.0 only, and its client follows no link to another version',
    'directoryobject-delta-beta-01 directoryobject-delta-beta-02 directoryobject-delta-beta-03 user-delta-beta-01 user-delta-beta-02 user-delta-beta-03',
  ),
  ...because(
    'objects by id',
    'delta over all kinds of objects at once: the product follows users and groups each by their own (graph-protocol.md 9.1)',
    `docs2025-get-directoryObjects-delta-filter docs2025-get-directoryObjects-delta-filter-id-eq
     docs2025-get-directoryObjects-delta-filter-isof-select-microsoft-graph-us`,
  ),
  ...because('other reads', 'devices: the emulator has none, the product reads none', 'user-list-registereddevices-01'),
  ...because(
    'deleted items',
    'what a deleted person owned: the product never asks',
    'docs2025-post-directory-deletedItems-getUserOwnedObjects',
  ),
  ...because(
    'notifications',
    'one bare notification of the beta version, outside of the collection in which they are delivered',
    'changenotification-beta-01',
  ),
};
