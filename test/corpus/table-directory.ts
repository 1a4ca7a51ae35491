// The organisation, deleted items, objects by their ids, batches, photos, licences, subscriptions and notifications.
import type { Used } from './table-types.ts';
import { bare, missing, shortened, untyped } from './tolerances.ts';

const eventual = { ConsistencyLevel: 'eventual' };
const nothingThere = missing(
  /value\[\]\.(assignedPlans|businessPhones)\[\]/,
  'lists that the tenants of the emulator have nothing in',
);
const placeholder =
  'a placeholder of the page generator: {"@odata.type", "id"} for a whole object, and not as the service writes it';
const types = [untyped(''), shortened('')];

export const directory: Record<string, Used> = {
  'organization-get-01': { kind: 'organisation', a: { tolerate: [nothingThere, shortened()] } },
  'organization-list-01': { kind: 'organisation', a: { tolerate: [bare, nothingThere, shortened()] } },
  'docs2025-get-organization-2': { kind: 'organisation', skipped: placeholder },
  'docs2025-get-organization': { kind: 'organisation', skipped: placeholder },
  'directory-deleteditems-get-01': { kind: 'deleted items', a: { tolerate: types } },
  'directory-deleteditems-list-01': { kind: 'deleted items', a: { tolerate: [shortened()] } },
  'docs2025-get-directory-deletedItems': { kind: 'deleted items', a: { tolerate: types } },
  'docs2025-get-directory-deletedItems-microsoft-graph-group': { kind: 'deleted items', a: { tolerate: [shortened()] } },
  'docs2025-get-directory-deletedItems-microsoft-graph-group-count-true-orde': {
    kind: 'deleted items',
    a: { headers: eventual, because: 'the third party that generated this exchange left out the header that the page gives with the request' },
  },
  'directoryobject-getbyids-01': {
    kind: 'objects by id',
    a: {
      body: ({ ids }) => ({ ids: [ids['user'], ids['member']], types: ['user'] }),
      because: 'the recorded ids have lost their hyphens',
      tolerate: [shortened(), missing(/value\[\]\.accountEnabled/, 'the page shows a member that is not in the default set of a user (graph-protocol.md 8.2)')],
    },
  },
  'docs2025-post-directoryObjects-getByIds': {
    kind: 'objects by id',
    a: {
      body: ({ ids }) => ({ ids: [ids['user'], ids['group']], types: ['user', 'group', 'device'] }),
      because: 'the third party that generated this exchange left out the body',
      tolerate: [shortened(), missing(/value\[\]\.deviceId/, 'a device, which the emulator does not have')],
    },
  },
}; // prettier-ignore
