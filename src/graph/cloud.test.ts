import { describe, expect, test } from 'vitest';
import { clouds } from '../base/clouds.ts';
import { systemClock } from '../base/clock.ts';
import { createLogger } from '../base/log.ts';
import { loadConfig } from '../config.ts';
import { cloudOf, isOneCloud, issuerOf } from './cloud.ts';
import { createGraph } from './graph.ts';
import { checkLink } from './pages.ts';

const tenant = '11111111-0000-4000-8000-000000000000';

/** Written out once more, from graph-protocol section 13. */
const expected = [
  ['global', 'login.microsoftonline.com', 'graph.microsoft.com'],
  ['us-gov', 'login.microsoftonline.us', 'graph.microsoft.us'],
  ['us-gov-dod', 'login.microsoftonline.us', 'dod-graph.microsoft.us'],
  ['china', 'login.partner.microsoftonline.cn', 'microsoftgraph.chinacloudapi.cn'],
] as const;

test('each cloud has one profile', () => {
  expect(Object.keys(clouds)).toEqual(expected.map(([name]) => name));
});

describe.each(expected)('%s, by SAMSYN_CLOUD alone', (name, login, graphHost) => {
  const { entra } = loadConfig({ SAMSYN_CLOUD: name });
  const cloud = cloudOf(entra);

  test('hosts, scope and issuer are all of that cloud', () => {
    expect(entra).toMatchObject({ loginUrl: `https://${login}`, graphUrl: `https://${graphHost}` });
    expect(cloud).toEqual({
      loginOrigin: `https://${login}`,
      graphOrigin: `https://${graphHost}`,
      graphBase: `https://${graphHost}/v1.0`,
      scope: `https://${graphHost}/.default`,
      issuerTemplate: `https://${login}/{tenantid}/v2.0`,
    });
    expect(issuerOf(cloud, tenant)).toBe(`https://${login}/${tenant}/v2.0`);
    expect(isOneCloud(cloud)).toBe(true);
  });

  test('the consent page is of that cloud, and asks for that cloud’s permissions', () => {
    const graph = createGraph({
      config: { ...entra, clientId: tenant, clientSecret: 'x' },
      clock: systemClock,
      log: createLogger({ level: 'silent' }),
    });
    const url = new URL(graph.consentUrl({ tenantId: tenant, redirectUri: 'https://app.example/x', state: 's' }));
    expect(url.host).toBe(login);
    expect(url.pathname).toBe(`/${tenant}/v2.0/adminconsent`);
    expect(url.searchParams.get('scope')).toBe(`https://${graphHost}/.default`);
  });

  test('links of that cloud are followed, and those of the others are refused', () => {
    expect(() => checkLink(`https://${graphHost}/v1.0/users?$skiptoken=1`, cloud)).not.toThrow();
    for (const [, , other] of expected.filter(([, , host]) => host !== graphHost))
      expect(() => checkLink(`https://${other}/v1.0/users?$skiptoken=1`, cloud)).toThrow('graph_foreign_link');
  });

  test('hosts of another cloud beside the name stop the start', () => {
    for (const [other, otherLogin, otherGraph] of expected.filter(([one]) => one !== name)) {
      const env = { SAMSYN_CLOUD: name, SAMSYN_GRAPH_URL: `https://${otherGraph}` };
      expect(() => loadConfig(env), other).toThrow(`SAMSYN_GRAPH_URL is not of the cloud ${name}`);
      if (otherLogin !== login)
        expect(() => loadConfig({ SAMSYN_CLOUD: name, SAMSYN_ENTRA_LOGIN_URL: `https://${otherLogin}/` })).toThrow(
          'SAMSYN_ENTRA_LOGIN_URL is not of the cloud',
        );
    }
    expect(loadConfig({ SAMSYN_CLOUD: name, SAMSYN_GRAPH_URL: `https://${graphHost}` }).entra.graphUrl).toBe(
      `https://${graphHost}`,
    );
  });
});

test('both hosts alone name a cloud as well, and a cloud that there is not stops the start', () => {
  const china = clouds.china;
  const { entra } = loadConfig({ SAMSYN_ENTRA_LOGIN_URL: china.login, SAMSYN_GRAPH_URL: china.graph });
  expect(cloudOf(entra)).toEqual(cloudOf(loadConfig({ SAMSYN_CLOUD: 'China' }).entra));
  expect(() => loadConfig({ SAMSYN_CLOUD: 'germany' })).toThrow('must be one of global, us-gov, us-gov-dod, china');
  expect(isOneCloud(cloudOf({ loginUrl: clouds.global.login, graphUrl: china.graph }))).toBe(false);
});
