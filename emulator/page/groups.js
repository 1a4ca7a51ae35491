// Groups: the list, and one group with its members.
import { ask, attempt, closeDrawer, h, live, openDrawer, searchField, tenantPath, toast } from './parts.js';
import { t } from './words.js';

const MEMBERS_SHOWN = 300;
const SUGGESTIONS = 20;

export async function groupsView() {
  const { value } = await ask('GET', tenantPath('/groups?limit=1000'));
  const rows = value.map((group) => [group.displayName.toLowerCase(), groupRow(group)]);
  const table = h('table', { class: 'flat', 'data-testid': 'groups' },
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('name')), h('th', { scope: 'col', class: 'num' }, t('members')), h('th', { scope: 'col' }, t('kind')))),
    h('tbody', {}, rows.map(([, row]) => row))); // prettier-ignore
  const empty = h('p', { class: 'pad' }, t('noneFound'));
  const narrow = (text) => {
    for (const [name, row] of rows) row.hidden = !name.includes(text.toLowerCase());
    table.hidden = rows.every(([, row]) => row.hidden);
    empty.hidden = !table.hidden;
  };
  narrow('');
  return [
    h('div', { class: 'bar' }, searchField(t('searchGroups'), narrow), h('span', { class: 'sp' }),
      h('button', { class: 'main', 'data-testid': 'new-group', onclick: () => groupDrawer(null) }, t('newGroup'))),
    h('div', { class: 'sheet' }, table, empty),
  ]; // prettier-ignore
}

function groupRow(group) {
  const name = h(
    'button',
    { class: 'link', 'data-testid': `edit-group-${group.displayName}`, onclick: () => groupDrawer(group.id) },
    group.displayName,
  );
  return h('tr', { 'data-testid': `group-row-${group.displayName}` },
    h('td', {}, name, h('small', {}, group.description)),
    h('td', { class: 'num', 'data-unit': t('members').toLowerCase() }, String(group.memberCount)),
    h('td', {}, h('span', { class: 'tag' }, t(group.dynamic ? 'dynamic' : 'assigned')),
      (group.groupTypes ?? []).includes('Unified') ? h('span', { class: 'tag info' }, 'Microsoft 365') : null)); // prettier-ignore
}

async function groupDrawer(id, focus) {
  const group = id === null ? { members: [] } : await ask('GET', tenantPath(`/groups/${id}`));
  const name = h('input', {
    type: 'text',
    value: group.displayName ?? '',
    'data-testid': 'field-displayName',
    autocomplete: 'off',
  });
  const description = h('input', {
    type: 'text',
    value: group.description ?? '',
    'data-testid': 'field-description',
    autocomplete: 'off',
  });
  const problem = h('p', { class: 'problem', role: 'alert' });
  const guard = async (work) => {
    try {
      problem.textContent = '';
      await work();
      await live.refresh();
      return true;
    } catch (error) {
      problem.textContent = error.message;
      return false;
    }
  };
  const save = async (event) => {
    event.preventDefault();
    const changes = { displayName: name.value.trim(), description: description.value.trim() || null };
    const done = await guard(() =>
      id === null ? ask('POST', tenantPath('/groups'), changes) : ask('PATCH', tenantPath(`/groups/${id}`), changes),
    );
    if (!done) return;
    closeDrawer();
    toast(t('saved'));
  };
  const remove = async () => {
    if (!(await attempt(() => ask('DELETE', tenantPath(`/groups/${id}`)), t('groupRemoved')))) return;
    await live.refresh();
    closeDrawer();
  };
  const changeMember = async (method, memberId) => {
    if (!(await guard(() => ask(method, tenantPath(`/groups/${id}/members/${memberId}`))))) return;
    toast(t('saved'));
    await groupDrawer(id, 'field-member');
  };

  openDrawer(id === null ? t('newGroup') : group.displayName, id === null ? 'new-group' : `edit-group-${group.displayName}`,
    h('form', { onsubmit: save, novalidate: true }, problem,
      h('div', { class: 'fields' }, h('label', { class: 'wide' }, t('displayName'), name), h('label', { class: 'wide' }, t('description'), description)),
      h('div', { class: 'do' },
        h('button', { class: 'main', 'data-testid': 'save' }, t('save')),
        h('button', { type: 'button', 'data-testid': 'drawer-cancel', onclick: closeDrawer }, t('close')),
        h('span', { class: 'sp' }),
        id === null ? null : h('button', { type: 'button', class: 'danger', 'data-testid': 'delete', onclick: remove }, t('removeGroup')))),
    ...(id === null ? [] : membersPart(group, changeMember, guard))); // prettier-ignore
  if (focus !== undefined) document.querySelector(`[data-testid=${focus}]`)?.focus();
}

function membersPart(group, changeMember, guard) {
  const input = h('input', {
    type: 'text',
    list: 'member-names',
    'data-testid': 'field-member',
    autocomplete: 'off',
    'aria-label': t('addMember'),
    placeholder: t('addMember'),
  });
  const names = h('datalist', { id: 'member-names' });
  let timer;
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const { value } = await ask(
        'GET',
        tenantPath(`/users?limit=${SUGGESTIONS}&search=${encodeURIComponent(input.value.trim())}`),
      );
      names.replaceChildren(...value.map((user) => h('option', { value: user.userPrincipalName }, user.displayName)));
    }, 200);
  });
  const add = async (event) => {
    event.preventDefault();
    let found;
    if (await guard(async () => { found = await ask('GET', tenantPath(`/users/${encodeURIComponent(input.value.trim())}`)); })) await changeMember('PUT', found.id); // prettier-ignore
  };
  const rows = group.members.slice(0, MEMBERS_SHOWN).map((one) => h('li', {},
    h('div', {}, one.displayName, one.type === 'group' ? h('small', {}, t('nested')) : null),
    group.dynamic ? null : h('button', { class: 'small', type: 'button', 'aria-label': `${t('takeOut')}: ${one.displayName}`, 'data-testid': `remove-${one.displayName}`, onclick: () => changeMember('DELETE', one.id) }, t('takeOut')))); // prettier-ignore
  return [
    h('h2', {}, t('membersIn', group.displayName, group.memberCount)),
    group.dynamic ? h('p', { class: 'lead' }, t('dynamicNote')) : h('form', { class: 'bar', onsubmit: add }, input, names, h('button', { 'data-testid': 'add-member' }, t('add'))),
    rows.length === 0 ? h('p', { class: 'lead' }, t('noMembers')) : h('ul', { class: 'plain sheet' }, rows),
    group.memberCount > MEMBERS_SHOWN ? h('p', { class: 'lead' }, t('showing', MEMBERS_SHOWN, group.memberCount)) : null,
  ].filter((one) => one !== null); // prettier-ignore
}
