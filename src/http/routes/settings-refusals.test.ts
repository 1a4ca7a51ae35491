// What the settings refuse and the pages of the app never send: a program that calls the API can.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../../../test/database.ts';
import { addOrganisation } from '../../../test/people.ts';
import { codeOf, startServer, type TestServer } from '../../../test/server.ts';
import { defaultMappings, type Mapping } from '../../contract/settings.ts';

const { db } = await useDatabase();
let server: TestServer;
let cookie: string;
let base: string;

beforeAll(async () => {
  server = await startServer(db);
  const org = await addOrganisation(db, 'norrsken.test');
  cookie = await server.signIn(org.admin);
  base = `/api/v1/organisations/${org.id}/connection/settings`;
});
afterAll(() => server.app.close());

const extra = (target: Mapping['target'], source: Mapping['source']): Mapping => ({
  source,
  target,
  write: 'always',
  empty: 'keep',
});
const twice = [...defaultMappings, extra('mobile', 'mobilePhone'), extra('mobile', 'businessPhones')];
const others = { includeGuests: false, includeDisabled: false };

describe('settings that no page sends are refused', () => {
  test.each<[string, string, unknown]>([
    ['groups_empty', '/groups', { scope: 'groups', groups: [], ...others }],
    ['field_mapped_twice', '/fields', { mappings: twice }],
    ['default_field_required', '/fields', { mappings: defaultMappings.slice(1) }],
    ['default_field_required', '/fields', { mappings: [...defaultMappings.slice(1), extra('firstName', 'surname')] }],
    ['recipients_empty', '/notices', { recipients: [] }],
  ])('%s', async (code, path, body) => {
    const answer = await server.call('PUT', `${base}${path}`, { cookie, body });
    expect([answer.status, codeOf(answer)]).toEqual([400, code]);
  });
});
