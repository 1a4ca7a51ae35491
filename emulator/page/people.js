// The list of people: search, a group to narrow it by, and more on demand.
import { ask, avatar, h, searchField, tenantPath } from './parts.js';
import { personDrawer } from './person.js';
import { t } from './words.js';

const LIMIT = 100;
/** What the list is narrowed to; it stays while people are edited. */
const wanted = { search: '', group: '' };

export async function peopleView() {
  const rows = h('tbody');
  const table = h('table', { 'data-testid': 'people' },
    h('thead', {}, h('tr', {}, ['name', 'jobTitle', 'department', 'groups', 'state'].map((name) => h('th', { scope: 'col' }, t(name))))),
    rows); // prettier-ignore
  const empty = h('p', { class: 'pad' }, t('noneFound'));
  const count = h('small', { role: 'status', 'data-testid': 'count' });
  const more = h('button', { 'data-testid': 'more', onclick: () => show(rows.children.length) }, t('next'));
  let asked = 0;
  const show = async (offset) => {
    asked += 1;
    const mine = asked;
    const query = new URLSearchParams({
      limit: String(LIMIT),
      offset: String(offset),
      search: wanted.search,
      ...(wanted.group === '' ? {} : { group: wanted.group }),
    });
    const list = await ask('GET', tenantPath(`/users?${query}`));
    if (mine !== asked) return; // a later search has overtaken this one
    if (offset === 0) rows.replaceChildren();
    rows.append(...list.value.map(personRow));
    table.hidden = list.total === 0;
    empty.hidden = list.total > 0;
    count.textContent = t('showing', rows.children.length, list.total);
    more.hidden = rows.children.length >= list.total;
  };

  const search = searchField(t('search'), (text) => {
    wanted.search = text;
    return show(0);
  });
  search.value = wanted.search;
  const groups = (await ask('GET', tenantPath('/groups?limit=500'))).value;
  if (!groups.some((group) => group.id === wanted.group)) wanted.group = '';
  const narrow = h('select', { 'aria-label': t('inGroup'), 'data-testid': 'in-group', onchange: () => {
    wanted.group = narrow.value;
    return show(0);
  } }, h('option', { value: '' }, t('allGroups')), groups.map((group) => h('option', { value: group.id }, group.displayName))); // prettier-ignore
  narrow.value = wanted.group;
  await show(0);
  return [
    h('div', { class: 'bar' }, search, narrow, h('span', { class: 'sp' }),
      h('button', { class: 'main', 'data-testid': 'new-person', onclick: () => personDrawer(null) }, t('newPerson'))),
    h('div', { class: 'sheet' }, table, empty),
    h('div', { class: 'do' }, count, more),
  ]; // prettier-ignore
}

/** Another directory has other people and groups. */
export function forgetWanted() {
  wanted.search = '';
  wanted.group = '';
}

const stateTag = (user) =>
  user.accountEnabled === false
    ? h('span', { class: 'tag bad' }, t('disabled'))
    : user.userType === 'Guest'
      ? h('span', { class: 'tag info' }, t('guest'))
      : h('span', { class: 'tag ok' }, t('active'));

function personRow(user) {
  const name = h(
    'button',
    { class: 'link', 'data-testid': `edit-${user.userPrincipalName}`, onclick: () => personDrawer(user.id) },
    user.displayName,
  );
  return h('tr', { 'data-testid': `person-${user.userPrincipalName}` },
    h('td', {}, h('div', { class: 'who' }, avatar(user.displayName), h('div', {}, name, h('small', {}, user.userPrincipalName)))),
    h('td', {}, user.jobTitle),
    h('td', {}, user.department),
    h('td', {}, user.groups.map((group) => h('span', { class: 'tag' }, group.displayName))),
    h('td', {}, stateTag(user))); // prettier-ignore
}
