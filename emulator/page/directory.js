// The demo directory's page: people, groups, the deleted, and faults to try. All text goes in as text nodes, never as markup.
import { chooseLanguage, currentLanguage, t } from './words.js';
import { faultsView } from './faults.js';
import { $, ask, attempt, currentTenant, h, live, tenantPath, toast } from './parts.js';

const LIMIT = 100;
const FIELDS = [
  'displayName',
  'givenName',
  'surname',
  'userPrincipalName',
  'mail',
  'jobTitle',
  'department',
  'companyName',
  'officeLocation',
  'mobilePhone',
  'businessPhones',
  'streetAddress',
  'postalCode',
  'city',
  'country',
  'employeeId',
  'preferredLanguage',
];
const WIDE = new Set(['displayName', 'userPrincipalName', 'mail']);
const TABS = ['people', 'groups', 'deleted', 'faults'];

let tab = TABS.includes(location.hash.slice(1)) ? location.hash.slice(1) : 'people';
let search = '';

async function refresh() {
  live.state = await ask('GET', '/state');
  const chosen = $('tenant').value || localStorage.getItem('tenant');
  $('tenant').replaceChildren(
    ...live.state.tenants.map((one) => h('option', { value: one.id }, `${one.displayName} (${one.domains[0]})`)),
  );
  if (live.state.tenants.some((one) => one.id === chosen)) $('tenant').value = chosen;
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  document.title = t('title');
  const tenant = currentTenant();
  const counts = {
    people: tenant?.users,
    groups: tenant?.groups,
    deleted: tenant?.deleted,
    faults: live.state.faults.length || undefined,
  };
  $('tabs').replaceChildren(
    ...TABS.map((name) =>
      h(
        'button',
        {
          role: 'tab',
          id: `tab-${name}`,
          'data-testid': `tab-${name}`,
          'aria-selected': String(name === tab),
          'aria-controls': 'view',
          tabindex: name === tab ? 0 : -1,
          onclick: () => show(name),
        },
        t(name),
        counts[name] === undefined ? null : h('span', {}, String(counts[name])),
      ),
    ),
  );
  if (tenant === undefined) {
    $('view').replaceChildren(h('p', { class: 'lead' }, t('nobody')));
    return;
  }
  $('view').setAttribute('aria-labelledby', `tab-${tab}`);
  const views = { people: peopleView, groups: groupsView, deleted: deletedView, faults: () => faultsView(live.state) };
  $('view').replaceChildren(...(await views[tab]()));
}

async function show(name) {
  tab = name;
  search = '';
  history.replaceState(null, '', `#${name}`);
  await refresh();
  $(`tab-${name}`).focus();
}

function searchBar(label, button) {
  let timer;
  const input = h('input', {
    type: 'search',
    'aria-label': label,
    placeholder: label,
    value: search,
    'data-testid': 'search',
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        search = input.value;
        await refresh();
        const again = document.querySelector('[data-testid=search]');
        again?.focus();
        again?.setSelectionRange(again.value.length, again.value.length);
      }, 200);
    },
  });
  return h('div', { class: 'bar' }, input, h('span', { class: 'sp' }), button);
}

const stateTag = (user) =>
  user.accountEnabled === false
    ? h('span', { class: 'tag bad' }, t('disabled'))
    : user.userType === 'Guest'
      ? h('span', { class: 'tag info' }, t('guest'))
      : h('span', { class: 'tag ok' }, t('active'));

async function peopleView() {
  const list = await ask('GET', tenantPath(`/users?limit=${LIMIT}&search=${encodeURIComponent(search)}`));
  const rows = h('tbody', {}, list.value.map(personRow));
  const more = h(
    'button',
    {
      'data-testid': 'more',
      onclick: async () => {
        const next = await ask(
          'GET',
          tenantPath(`/users?limit=${LIMIT}&offset=${rows.children.length}&search=${encodeURIComponent(search)}`),
        );
        rows.append(...next.value.map(personRow));
        count();
      },
    },
    t('next'),
  );
  const said = h('small', { 'data-testid': 'count' });
  const count = () => {
    said.textContent = t('showing', rows.children.length, list.total);
    more.hidden = rows.children.length >= list.total;
  };
  count();
  const head = h(
    'thead',
    {},
    h(
      'tr',
      {},
      ['name', 'jobTitle', 'department', 'groups', 'state'].map((name) => h('th', { scope: 'col' }, t(name))),
    ),
  );
  return [
    searchBar(
      t('search'),
      h('button', { class: 'main', 'data-testid': 'new-person', onclick: () => personDrawer(null) }, t('newPerson')),
    ),
    h(
      'div',
      { class: 'sheet' },
      list.total === 0 ? h('p', { class: 'pad' }, t('noneFound')) : h('table', { 'data-testid': 'people' }, head, rows),
    ),
    h('div', { class: 'do' }, said, more),
  ];
}

function personRow(user) {
  return h(
    'tr',
    { 'data-testid': `person-${user.userPrincipalName}` },
    h(
      'td',
      {},
      h(
        'button',
        { class: 'link', 'data-testid': `edit-${user.userPrincipalName}`, onclick: () => personDrawer(user.id) },
        user.displayName,
      ),
      h('small', {}, user.userPrincipalName),
    ),
    h('td', {}, user.jobTitle ?? ''),
    h('td', {}, user.department ?? ''),
    h(
      'td',
      {},
      user.groups.map((group) => h('span', { class: 'tag' }, group.displayName)),
    ),
    h('td', {}, stateTag(user)),
  );
}

async function personDrawer(id) {
  const user = id === null ? { groups: [], accountEnabled: true } : await ask('GET', tenantPath(`/users/${id}`));
  const groups = (await ask('GET', tenantPath('/groups?limit=200'))).value.filter((group) => !group.dynamic);
  const domain = currentTenant().domains[0];
  const value = (name) => (name === 'businessPhones' ? (user.businessPhones?.[0] ?? '') : (user[name] ?? ''));
  const inputs = new Map(
    FIELDS.map((name) => [
      name,
      h('input', {
        type: 'text',
        value: value(name),
        'data-testid': `field-${name}`,
        required: name === 'displayName',
        placeholder: id === null && name === 'userPrincipalName' ? `namn@${domain}` : undefined,
        autocomplete: 'off',
      }),
    ]),
  );
  const extensions = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`).map((name) => [
    name,
    h('input', {
      type: 'text',
      value: user.onPremisesExtensionAttributes?.[name] ?? '',
      'data-testid': `field-${name}`,
      autocomplete: 'off',
    }),
  ]);
  const manager = h('input', {
    type: 'text',
    value: user.managerName ? '…' : '',
    'data-testid': 'field-manager',
    autocomplete: 'off',
  });
  if (user.managerId) manager.value = (await ask('GET', tenantPath(`/users/${user.managerId}`))).userPrincipalName;
  const managerBefore = manager.value;
  const enabled = h('input', {
    type: 'checkbox',
    checked: user.accountEnabled !== false,
    'data-testid': 'field-accountEnabled',
  });
  const checks = groups.map((group) => [
    group,
    h('input', {
      type: 'checkbox',
      checked: user.groups.some((one) => one.id === group.id),
      'data-testid': `group-${group.displayName}`,
    }),
  ]);
  const problem = h('p', { class: 'problem', role: 'alert' });
  const save = async (event) => {
    event.preventDefault();
    try {
      const changes = {};
      for (const [name, input] of inputs)
        if (input.value.trim() !== value(name))
          changes[name] =
            name === 'businessPhones'
              ? input.value.trim() === ''
                ? []
                : [input.value.trim()]
              : input.value.trim() || null;
      const extended = Object.fromEntries(
        extensions
          .filter(([name, input]) => input.value.trim() !== (user.onPremisesExtensionAttributes?.[name] ?? ''))
          .map(([name, input]) => [name, input.value.trim() || null]),
      );
      if (Object.keys(extended).length > 0) changes.onPremisesExtensionAttributes = extended;
      if (enabled.checked !== (user.accountEnabled !== false)) changes.accountEnabled = enabled.checked;
      if (manager.value.trim() !== managerBefore)
        changes.managerId =
          manager.value.trim() === ''
            ? null
            : (await ask('GET', tenantPath(`/users/${encodeURIComponent(manager.value.trim())}`))).id;
      const done =
        id === null
          ? await ask('POST', tenantPath('/users'), changes)
          : await ask('PATCH', tenantPath(`/users/${id}`), changes);
      for (const [group, box] of checks)
        if (box.checked !== user.groups.some((one) => one.id === group.id))
          await ask(box.checked ? 'PUT' : 'DELETE', tenantPath(`/groups/${group.id}/members/${done.id}`));
      $('drawer').close();
      toast(t('saved'));
      await refresh();
    } catch (error) {
      problem.textContent = error.message;
    }
  };
  const remove = async () => {
    if (await attempt(() => ask('DELETE', tenantPath(`/users/${id}`)), t('removed'))) {
      $('drawer').close();
      await refresh();
    }
  };
  openDrawer(
    id === null ? t('newPerson') : user.displayName,
    h(
      'form',
      { onsubmit: save, novalidate: true },
      problem,
      h(
        'div',
        { class: 'fields' },
        [...inputs].map(([name, input]) => h('label', { class: WIDE.has(name) ? 'wide' : '' }, t(name), input)),
        h('label', { class: 'wide' }, t('manager'), manager),
      ),
      h('p', { class: 'checks' }, h('label', {}, enabled, t('enabled'))),
      h('h2', {}, t('groups')),
      h(
        'div',
        { class: 'checks' },
        checks.map(([group, box]) => h('label', {}, box, group.displayName)),
      ),
      h(
        'details',
        {},
        h('summary', {}, t('more')),
        h(
          'div',
          { class: 'fields' },
          extensions.map(([name, input]) => h('label', {}, name, input)),
        ),
      ),
      h(
        'div',
        { class: 'do' },
        h('button', { class: 'main', 'data-testid': 'save' }, t('save')),
        h(
          'button',
          { type: 'button', 'data-testid': 'drawer-cancel', onclick: () => $('drawer').close() },
          t('cancel'),
        ),
        h('span', { class: 'sp' }),
        id === null
          ? null
          : h('button', { type: 'button', class: 'danger', 'data-testid': 'delete', onclick: remove }, t('remove')),
      ),
    ),
  );
}

function openDrawer(title, ...content) {
  $('drawer').replaceChildren(h('h1', { id: 'drawer-title' }, title), ...content);
  if (!$('drawer').open) $('drawer').showModal();
  $('drawer').querySelector('input')?.focus();
}

async function groupsView() {
  const list = await ask('GET', tenantPath(`/groups?limit=500&search=${encodeURIComponent(search)}`));
  const head = h(
    'thead',
    {},
    h(
      'tr',
      {},
      ['name', 'members', 'kind'].map((name) => h('th', { scope: 'col' }, t(name))),
    ),
  );
  const rows = list.value.map((group) =>
    h(
      'tr',
      { 'data-testid': `group-row-${group.displayName}` },
      h(
        'td',
        {},
        h(
          'button',
          { class: 'link', 'data-testid': `edit-group-${group.displayName}`, onclick: () => groupDrawer(group.id) },
          group.displayName,
        ),
        h('small', {}, group.description ?? ''),
      ),
      h('td', { class: 'num' }, String(group.memberCount)),
      h(
        'td',
        {},
        h('span', { class: 'tag' }, t(group.dynamic ? 'dynamic' : 'assigned')),
        (group.groupTypes ?? []).includes('Unified') ? h('span', { class: 'tag info' }, 'Microsoft 365') : null,
      ),
    ),
  );
  return [
    searchBar(
      t('searchGroups'),
      h('button', { class: 'main', 'data-testid': 'new-group', onclick: () => groupDrawer(null) }, t('newGroup')),
    ),
    h(
      'div',
      { class: 'sheet' },
      list.total === 0
        ? h('p', { class: 'pad' }, t('noneFound'))
        : h('table', { 'data-testid': 'groups' }, head, h('tbody', {}, rows)),
    ),
  ];
}

async function groupDrawer(id) {
  const group = id === null ? { members: [] } : await ask('GET', tenantPath(`/groups/${id}`));
  const name = h('input', { type: 'text', value: group.displayName ?? '', 'data-testid': 'field-displayName' });
  const description = h('input', { type: 'text', value: group.description ?? '', 'data-testid': 'field-description' });
  const member = h('input', { type: 'text', 'data-testid': 'field-member', 'aria-label': t('addMember') });
  const problem = h('p', { class: 'problem', role: 'alert' });
  const guard = async (work) => {
    try {
      await work();
      await refresh();
    } catch (error) {
      problem.textContent = error.message;
    }
  };
  const save = (event) => {
    event.preventDefault();
    return guard(async () => {
      const changes = { displayName: name.value.trim(), description: description.value.trim() || null };
      await (id === null
        ? ask('POST', tenantPath('/groups'), changes)
        : ask('PATCH', tenantPath(`/groups/${id}`), changes));
      $('drawer').close();
      toast(t('saved'));
    });
  };
  const addMember = (event) => {
    event.preventDefault();
    return guard(async () => {
      const user = await ask('GET', tenantPath(`/users/${encodeURIComponent(member.value.trim())}`));
      await ask('PUT', tenantPath(`/groups/${id}/members/${user.id}`));
      toast(t('saved'));
      await groupDrawer(id);
    });
  };
  const members = group.members.slice(0, 300).map((one) =>
    h(
      'li',
      {},
      h('div', {}, one.displayName, one.type === 'group' ? h('small', {}, ` ${t('nested')}`) : null),
      group.dynamic
        ? null
        : h(
            'button',
            {
              class: 'small',
              type: 'button',
              'aria-label': `${t('remove')}: ${one.displayName}`,
              'data-testid': `remove-${one.displayName}`,
              onclick: () =>
                guard(async () => {
                  await ask('DELETE', tenantPath(`/groups/${id}/members/${one.id}`));
                  toast(t('saved'));
                  await groupDrawer(id);
                }),
            },
            t('remove'),
          ),
    ),
  );
  openDrawer(
    id === null ? t('newGroup') : group.displayName,
    h(
      'form',
      { onsubmit: save },
      problem,
      h(
        'div',
        { class: 'fields' },
        h('label', { class: 'wide' }, t('displayName'), name),
        h('label', { class: 'wide' }, t('description'), description),
      ),
      h(
        'div',
        { class: 'do' },
        h('button', { class: 'main', 'data-testid': 'save' }, t('save')),
        h('button', { type: 'button', 'data-testid': 'drawer-cancel', onclick: () => $('drawer').close() }, t('close')),
        h('span', { class: 'sp' }),
        id === null
          ? null
          : h(
              'button',
              {
                type: 'button',
                class: 'danger',
                'data-testid': 'delete',
                onclick: async () => {
                  if (await attempt(() => ask('DELETE', tenantPath(`/groups/${id}`)), t('removed'))) {
                    $('drawer').close();
                    await refresh();
                  }
                },
              },
              t('remove'),
            ),
      ),
    ),
    ...(id === null
      ? []
      : [
          h('h2', {}, `${t('membersIn')} ${group.displayName} (${group.memberCount})`),
          group.dynamic
            ? h('p', { class: 'lead' }, t('dynamicNote'))
            : h(
                'form',
                { class: 'bar', onsubmit: addMember },
                member,
                h('button', { 'data-testid': 'add-member' }, t('add')),
              ),
          h('ul', { class: 'plain sheet' }, members),
        ]),
  );
}

async function deletedView() {
  const [users, groups] = await Promise.all([
    ask('GET', tenantPath('/users?deleted=1&limit=500')),
    ask('GET', tenantPath('/groups?deleted=1&limit=500')),
  ]);
  const all = [
    ...users.value.map((one) => ({ ...one, kind: 'users' })),
    ...groups.value.map((one) => ({ ...one, kind: 'groups' })),
  ].toSorted((a, b) => b.deletedDateTime.localeCompare(a.deletedDateTime));
  if (all.length === 0) return [h('p', { class: 'lead' }, t('nobody'))];
  const format = new Intl.DateTimeFormat(currentLanguage() === 'en' ? 'en-GB' : 'sv-SE', {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  const restore = async (one) => {
    if (await attempt(() => ask('POST', tenantPath(`/${one.kind}/${one.id}/restore`)), t('restored'))) await refresh();
  };
  const purge = async (one) => {
    if (
      confirm(t('confirmForever', one.displayName)) &&
      (await attempt(() => ask('DELETE', tenantPath(`/${one.kind}/${one.id}?permanent=1`)), t('gone')))
    )
      await refresh();
  };
  return [
    h(
      'ul',
      { class: 'plain sheet', 'data-testid': 'deleted' },
      all.map((one) =>
        h(
          'li',
          {},
          h(
            'div',
            {},
            h('b', {}, one.displayName),
            h(
              'small',
              {},
              ` ${t(one.kind === 'users' ? 'people' : 'groups')} · ${t('deletedAt')} ${format.format(new Date(one.deletedDateTime))}`,
            ),
          ),
          h(
            'button',
            { class: 'small', 'data-testid': `restore-${one.displayName}`, onclick: () => restore(one) },
            t('restore'),
          ),
          h(
            'button',
            { class: 'small danger', 'data-testid': `forever-${one.displayName}`, onclick: () => purge(one) },
            t('forever'),
          ),
        ),
      ),
    ),
  ];
}

$('language').value = currentLanguage();
chooseLanguage(currentLanguage());
$('language').addEventListener('change', async () => {
  chooseLanguage($('language').value);
  await refresh();
});
$('tenant').addEventListener('change', async () => {
  localStorage.setItem('tenant', $('tenant').value);
  await refresh();
});
$('tabs').addEventListener('keydown', async (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step !== undefined) await show(TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length]);
});
live.refresh = refresh;
await attempt(refresh);
