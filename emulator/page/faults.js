// The tab of faults: ready-made troubles, and those in force.
import { ask, attempt, currentTenant, h, live, tenantPath, toast } from './parts.js';
import { t } from './words.js';

const graph = (times, answer) => () => ask('POST', '/faults', { match: { path: '/v1.0/', times }, answer });

const READY = [
  { name: 'f503', start: graph(3, { status: 503, headers: { 'Retry-After': '1' } }) },
  { name: 'f429', start: graph(5, { status: 429, headers: { 'Retry-After': '2.5' } }) },
  {
    name: 'fcut',
    start: () =>
      ask('POST', '/faults', { match: { method: 'GET', path: '/v1.0/users', times: 1 }, answer: { cut: true } }),
  },
  {
    name: 'fsecret',
    start: () =>
      ask('POST', '/faults', {
        match: { method: 'POST', path: '/oauth2/v2.0/token' },
        answer: { status: 401, body: wrongSecret() },
      }),
  },
];

function wrongSecret() {
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const [trace, correlation] = [crypto.randomUUID(), crypto.randomUUID()];
  return {
    error: 'invalid_client',
    error_description: `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.\r\nTrace ID: ${trace}\r\nCorrelation ID: ${correlation}\r\nTimestamp: ${timestamp}`,
    error_codes: [7000215],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: 'https://login.microsoftonline.com/error?code=7000215',
  };
}

async function withdraw() {
  const apps = Object.keys(currentTenant().grants);
  if (apps.length === 0) {
    toast(t('noConsent'));
    return;
  }
  await attempt(async () => {
    for (const app of apps) await ask('DELETE', tenantPath(`/grants/${app}`));
  }, t('consentGone'));
  await live.refresh();
}

const row = (name, start) =>
  h(
    'li',
    {},
    h('div', {}, h('b', {}, t(name)), h('small', {}, ` ${t(`${name}d`)}`)),
    h(
      'button',
      { class: 'small', 'data-testid': `fault-${name}`, 'aria-label': `${t('start')}: ${t(name)}`, onclick: start },
      t('start'),
    ),
  );

export function faultsView(state) {
  const running = state.faults.map((fault) => {
    const left = fault.match.times === undefined ? t('always') : t('left', fault.match.times - fault.used);
    return h(
      'li',
      {},
      h(
        'div',
        {},
        h(
          'b',
          {},
          `${fault.match.method ?? ''} ${fault.match.path} → ${fault.answer.status ?? Object.keys(fault.answer).join(', ')}`,
        ),
        h('small', {}, ` ${t('used', fault.used)}, ${left}`),
      ),
      h(
        'button',
        {
          class: 'small',
          'data-testid': 'fault-stop',
          onclick: async () => {
            await attempt(() => ask('DELETE', `/faults/${fault.id}`));
            await live.refresh();
          },
        },
        t('stop'),
      ),
    );
  });
  return [
    h('h2', {}, t('ready')),
    h(
      'ul',
      { class: 'plain sheet', 'data-testid': 'ready-faults' },
      READY.map(({ name, start }) =>
        row(name, async () => {
          await attempt(start, t('faultOn'));
          await live.refresh();
        }),
      ),
      row('fconsent', withdraw),
      row('fdelta', async () => {
        await attempt(() => ask('POST', tenantPath('/delta'), { answer: 'unsupportedQuery' }), t('deltaGone'));
        await live.refresh();
      }),
    ),
    h('h2', {}, t('running')),
    running.length === 0
      ? h('p', { class: 'lead', 'data-testid': 'no-faults' }, t('noFaults'))
      : h('ul', { class: 'plain sheet', 'data-testid': 'running-faults' }, running),
    running.length === 0
      ? null
      : h(
          'div',
          { class: 'do' },
          h(
            'button',
            {
              'data-testid': 'fault-stop-all',
              onclick: async () => {
                await attempt(() => ask('DELETE', '/faults'));
                await live.refresh();
              },
            },
            t('stopAll'),
          ),
        ),
  ].filter((one) => one !== null);
}
