// The demo directory's page: people, groups, the deleted, and faults to try, under one head.
import { deletedView } from './deleted.js';
import { faultsView } from './faults.js';
import { groupsView } from './groups.js';
import { $, ask, attempt, currentTenant, h, live } from './parts.js';
import { forgetWanted, peopleView } from './people.js';
import { chooseLanguage, currentLanguage, t } from './words.js';

const VIEWS = { people: peopleView, groups: groupsView, deleted: deletedView, faults: () => faultsView(live.state) };
const TABS = Object.keys(VIEWS);

let tab = TABS.includes(location.hash.slice(1)) ? location.hash.slice(1) : 'people';

let round = 0;
live.refresh = async () => {
  round += 1;
  const mine = round;
  const state = await ask('GET', '/state');
  if (mine !== round) return; // a later refresh has overtaken this one
  live.state = state;
  const { tenants } = state;
  const chosen = $('tenant').value || localStorage.getItem('tenant');
  const names = tenants.map((one) => h('option', { value: one.id }, `${one.displayName} (${one.domains[0]})`));
  $('tenant').replaceChildren(...names);
  if (tenants.some((one) => one.id === chosen)) $('tenant').value = chosen;
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  document.title = t('title');
  showHint();
  showTabs();
  const content = tenants.length === 0 ? [h('p', { class: 'lead' }, t('noTenant'))] : await VIEWS[tab]();
  if (mine === round) $('view').replaceChildren(...content);
};

/** Where the application lives is known from the addresses that it registered for signing in. */
function showHint() {
  const address = live.state.apps.flatMap((app) => app.redirectUris)[0];
  const [before, after] = t('hint2').split('{0}');
  const product = address === undefined ? 'Samsyn' : h('a', { href: new URL(address).origin }, 'Samsyn');
  $('hint2').replaceChildren(before, product, after);
}

const BUTTONS = TABS.map((name) =>
  h('button', { role: 'tab', id: `tab-${name}`, 'data-testid': `tab-${name}`, 'aria-controls': 'view', onclick: () => attempt(() => show(name)) }),
); // prettier-ignore
$('tabs').replaceChildren(...BUTTONS);

/** In place, so that the focus stays where it is. */
function showTabs() {
  const tenant = currentTenant();
  const counts = { people: tenant?.users, groups: tenant?.groups, deleted: tenant?.deleted, faults: live.state.faults.length || undefined }; // prettier-ignore
  for (const [index, button] of BUTTONS.entries()) {
    const name = TABS[index];
    button.setAttribute('aria-selected', String(name === tab));
    button.tabIndex = name === tab ? 0 : -1;
    button.replaceChildren(t(name), ...(counts[name] === undefined ? [] : [h('span', {}, String(counts[name]))]));
  }
  $('view').setAttribute('aria-labelledby', `tab-${tab}`);
}

async function show(name) {
  tab = name;
  history.replaceState(null, '', `#${name}`);
  showTabs();
  $(`tab-${name}`).focus();
  await live.refresh();
}

$('tabs').addEventListener('keydown', async (event) => {
  const at = TABS.indexOf(tab);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  await attempt(() => show(TABS[(to + TABS.length) % TABS.length]));
});
$('language').addEventListener('change', async () => {
  chooseLanguage($('language').value);
  await attempt(live.refresh);
});
$('tenant').addEventListener('change', async () => {
  localStorage.setItem('tenant', $('tenant').value);
  forgetWanted();
  await attempt(live.refresh);
});
$('language').value = currentLanguage();
chooseLanguage(currentLanguage());
await attempt(live.refresh);
