// The tab of faults: ready-made troubles, one of one's own choice, and those in force.
import { choiceOf, detailOf, whereOf } from './fault-choices.js';
import { faultForm } from './fault-form.js';
import { ask, attempt, currentTenant, h, live, tenantPath, toast } from './parts.js';
import { counted, t } from './words.js';

const set = (match, often, fault) => () => ask('POST', '/faults', { match, often, fault });
const ANY = { path: '/v1.0/' };

const READY = [
  { name: 'f503', start: set(ANY, { times: 3 }, { name: 'status', status: 503, retryAfter: 1 }) },
  { name: 'f429', start: set(ANY, { times: 5 }, { name: 'throttled', retryAfter: 2.5 }) },
  { name: 'fcut', start: set({ method: 'GET', path: '/v1.0/users' }, { times: 1 }, { name: 'cut' }) },
  { name: 'fsecret', start: set({}, {}, { name: 'tokenError', error: 7000215 }) },
];

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

/** In the page's words where it has some; a fault that a script has set says what it is. */
function nameOf({ title, fault, answer, match }) {
  const choice = fault && choiceOf(fault);
  if (title) return title;
  if (choice === undefined)
    return `${match.method ?? ''} ${match.path ?? ''} → ${fault?.name ?? answer.status ?? Object.keys(answer).join(', ')}`;
  const detail = detailOf(choice, fault);
  const words = detail === undefined ? '' : t(`v-${detail}`);
  return words === '' || words.startsWith('v-') ? t(`k-${choice.key}`) : `${t(`k-${choice.key}`)} · ${words}`;
}

function runningRow(fault) {
  const { times, probability } = fault.often;
  const name = nameOf(fault);
  const where = whereOf(fault.match);
  const facts = [
    where === undefined ? undefined : t(`w-${where}`),
    counted('used', fault.used),
    times === undefined ? t('always') : counted('left', times - fault.used),
    probability === undefined ? undefined : `${Math.round(probability * 100)} %`,
  ].filter((one) => one !== undefined);
  return h('li', {},
    h('div', {}, h('b', {}, name), h('small', {}, ` ${facts.join(', ')}`)),
    h('button', {
      class: 'small',
      'data-testid': 'fault-stop',
      'aria-label': t('stopNamed', name),
      onclick: async () => {
        await attempt(() => ask('DELETE', `/faults/${fault.id}`));
        await live.refresh();
      },
    }, t('stop'))); // prettier-ignore
}

export function faultsView(state) {
  const running = state.faults.map(runningRow);
  return [
    h('h2', {}, t('running')),
    running.length === 0
      ? h('p', { class: 'lead', 'data-testid': 'no-faults' }, t('noFaults'))
      : h('ul', { class: 'plain sheet', 'data-testid': 'running-faults' }, running),
    running.length === 0
      ? null
      : h('div', { class: 'do' }, h('button', {
          'data-testid': 'fault-stop-all',
          onclick: async () => {
            await attempt(() => ask('DELETE', '/faults'));
            await live.refresh();
          },
        }, t('stopAll'))),
    h('h2', {}, t('ready')),
    h('ul', { class: 'plain sheet', 'data-testid': 'ready-faults' },
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
    h('h2', {}, t('choose')),
    faultForm(),
  ].filter((one) => one !== null); // prettier-ignore
}
