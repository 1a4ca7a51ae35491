// Delta pages of every kind. A recorded token is no token here: the page is reached by a round of the test's own.
import { readDelta, type Round } from './delta-rounds.ts';
import type { Used } from './table-types.ts';
import type { Tolerance } from './shape.ts';
import { beyondDefault, missing, otherLength, retyped, shortened, withoutId } from './tolerances.ts';

const NAMES = '$select=displayName,givenName,surname';
const GROUP = '$select=displayName,description,members';
const own = 'a recorded token stands for a round of the real service';
const users = (round: Round, tolerate: readonly Tolerance[] = []): Used => ({
  kind: 'users: delta',
  a: { ask: (world) => readDelta(world, 'users', round), because: own, tolerate },
  b: { kind: 'users delta' },
});
const groups = (round: Round, tolerate: readonly Tolerance[] = []): Used => ({
  kind: 'groups: delta',
  a: { ask: (world) => readDelta(world, 'groups', round), because: own, tolerate },
  b: { kind: 'groups delta' },
});
/** Items without an id: the client rightly refuses the whole page, so only the emulator is compared. */
const emulatorOnly = ({ kind, a }: Used): Used => ({ kind, ...(a === undefined ? {} : { a }) });
const noMembers = missing(
  /value\[\]\.members@delta/,
  'the page shows members though its request selects none; graph-protocol.md 9.4 says that they do not come then (docs/protocol-disagreements.md)',
);
const noPlaceholder = [
  beyondDefault('classification'),
  retyped(/value\[\]\.createdDateTime/, 'the page has a placeholder instead of a time'),
];

export const delta: Record<string, Used> = {
  'user-delta-01': users({ query: '', page: 'first' }),
  'user-delta-02': emulatorOnly(
    users({ query: '$select=displayName,jobTitle,mobilePhone', page: 'first' }, [withoutId]),
  ),
  'user-delta-03': emulatorOnly(
    users({ query: '$select=displayName,jobTitle,mobilePhone', page: 'minimal' }, [withoutId, ...otherLength]),
  ),
  'delta-query-users-01': users({ query: NAMES, page: 'first' }),
  'delta-query-users-02': users({ query: NAMES, page: 'next' }),
  'delta-query-users-03': users({ query: NAMES, page: 'last' }),
  'delta-query-users-04': users({ query: NAMES, page: 'nothing' }),
  'delta-query-users-05': users({ query: NAMES, page: 'changed' }),
  'graph-users-delta-2024-initial': users({ query: NAMES, page: 'first with removed' }, otherLength),
  'graph-users-delta-2024-next': users({ query: NAMES, page: 'next' }),
  'graph-users-delta-2024-final': users({ query: NAMES, page: 'last' }),
  'graph-users-delta-manager-relationship': users({ query: '', page: 'manager' }),
  'docs2025-get-users-delta': users({ query: '', page: 'first' }),
  'docs2025-get-users-delta-select-displayName-jobTitle-mobilePhone': emulatorOnly(
    users({ query: '$select=displayName,jobTitle,mobilePhone', page: 'first' }, [withoutId]),
  ),
  'delta-query-groups-01': groups({ query: GROUP, page: 'first' }),
  'delta-query-groups-02': groups({ query: GROUP, page: 'next' }),
  'delta-query-groups-03': groups({ query: '$select=displayName,description', page: 'last' }),
  'delta-query-groups-04': groups({ query: GROUP, page: 'nothing' }),
  // An id of theirs has lost a digit.
  'delta-query-groups-05': emulatorOnly(groups({ query: GROUP, page: 'changed' })),
  'delta-query-groups-06': emulatorOnly(groups({ query: GROUP, page: 'changed' }, otherLength)),
  'delta-query-groups-07': groups({ query: GROUP, page: 'changed' }, otherLength),
  'group-delta-01': emulatorOnly(
    groups({ query: '', page: 'last' }, [...otherLength, noMembers, withoutId, shortened(), ...noPlaceholder]),
  ),
  'group-delta-02': emulatorOnly(
    groups({ query: '$select=displayName,description,mailNickname', page: 'first' }, [withoutId]),
  ),
  'group-delta-03': emulatorOnly(groups({ query: '$select=displayName,description', page: 'first' }, [withoutId])),
  'docs2025-get-groups-delta': emulatorOnly(
    groups({ query: '', page: 'last' }, [...otherLength, noMembers, withoutId, shortened()]),
  ),
  'docs2025-get-groups-delta-select-displayName-description-mailNickname': emulatorOnly(
    groups({ query: '$select=displayName,description,mailNickname', page: 'first' }, [withoutId]),
  ),
};
