// The report's list of the fourteen points, each with the tests that carry its name.

export interface RunTest {
  file: string;
  fullName: string;
  status: string;
}

/** In the words of graph-protocol.md 16. */
const points = [
  'several tenants with their people and groups',
  'discovery, keys with their issuers, rotation on command',
  'sign-in page, PKCE, codes once, form_post and query',
  'admin consent v1 and v2, roles, revocation',
  'token endpoint: secret, certificate, federation, every error, propagation',
  'permissions on every route, limited information',
  '$select, $top, next links, ConsistencyLevel, $filter',
  'delta, its tokens and its five ways to end',
  'deleted items, restore, purge by the clock',
  'subscriptions, handshake, slowness, lifecycle',
  'throttling by units and by script, batch, 5xx, slow and cut',
  'error envelope with its ids',
  "HTTPS, for Microsoft's own libraries",
  "every answer fits Microsoft's schema",
];

/** More titles than these of one point are counted only. */
const titlesMax = 12;

export function describePoints(tests: readonly RunTest[]): { lines: string[]; missing: string[] } {
  const lines: string[] = [];
  const missing: string[] = [];
  for (const [index, words] of points.entries()) {
    const name = `Point ${index + 1}:`;
    const all = tests.filter(({ fullName }) => fullName.includes(name));
    const passed = all.filter(({ status }) => status === 'passed');
    const files = [...new Set(all.map(({ file }) => file))];
    lines.push(`${index + 1}. ${words}`, `     ${passed.length} of ${all.length} tests pass, in ${files.join(', ')}`);
    const titles = [...new Set(all.map(({ fullName }) => titleOf(fullName, name)))];
    lines.push(...titles.slice(0, titlesMax).map((title) => `       - ${title}`));
    if (titles.length > titlesMax) lines.push(`       and ${titles.length - titlesMax} more`);
    if (passed.length === 0) missing.push(`a passing test named "${name}"`);
  }
  return { lines, missing };
}

/** What stands behind the point's name; it may be in the title of the group as well as of the test. */
const titleOf = (fullName: string, name: string): string =>
  fullName.slice(fullName.lastIndexOf(name) + name.length).trim();
