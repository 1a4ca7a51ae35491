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

export function describePoints(tests: readonly RunTest[]): { lines: string[]; missing: string[] } {
  const lines: string[] = [];
  const missing: string[] = [];
  for (const [index, title] of points.entries()) {
    const name = `Point ${index + 1}:`;
    const all = tests.filter(({ fullName }) => fullName.includes(name));
    const passed = all.filter(({ status }) => status === 'passed');
    lines.push(`${index + 1}. ${title}: ${passed.length} of ${all.length} tests pass`);
    lines.push(
      ...all.map(
        ({ file, fullName, status }) =>
          `     ${status === 'passed' ? 'ok' : status.toUpperCase()}  ${file}: ${fullName.trim()}`,
      ),
    );
    if (passed.length === 0) missing.push(`a passing test named "${name}"`);
  }
  return { lines, missing };
}
