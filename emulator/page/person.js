// One person: new, renamed, disabled, moved between groups, deleted. Only what was changed is sent.
import { $, ask, attempt, closeDrawer, currentTenant, h, live, openDrawer, tenantPath, toast } from './parts.js';
import { t } from './words.js';

const NAMES = ['displayName', 'givenName', 'surname', 'userPrincipalName', 'mail', 'jobTitle', 'department'];
const DETAILS = ['companyName', 'officeLocation', 'mobilePhone', 'businessPhones', 'streetAddress', 'postalCode', 'city', 'country', 'employeeId', 'preferredLanguage']; // prettier-ignore
const WIDE = new Set(['displayName', 'userPrincipalName', 'mail']);
const EXTENSIONS = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`);

export async function personDrawer(id) {
  const user = id === null ? { groups: [], accountEnabled: true } : await ask('GET', tenantPath(`/users/${id}`));
  const manager = user.managerId ? (await ask('GET', tenantPath(`/users/${user.managerId}`))).userPrincipalName : '';
  const groups = (await ask('GET', tenantPath('/groups?limit=500'))).value.filter((group) => !group.dynamic);
  const isIn = (group) => user.groups.some((one) => one.id === group.id);
  const before = new Map([
    ...[...NAMES, ...DETAILS].map((name) => [name, name === 'businessPhones' ? (user.businessPhones?.[0] ?? '') : (user[name] ?? '')]),
    ...EXTENSIONS.map((name) => [name, user.onPremisesExtensionAttributes?.[name] ?? '']),
    ['manager', manager],
  ]); // prettier-ignore
  const inputs = new Map([...before].map(([name, value]) => [name, h('input', { type: 'text', value, 'data-testid': `field-${name}`, autocomplete: 'off', spellcheck: 'false', 'aria-required': name === 'displayName' ? 'true' : undefined, placeholder: id === null && name === 'userPrincipalName' ? t('nameAt', currentTenant().domains[0]) : undefined })])); // prettier-ignore
  const enabled = h('input', {
    type: 'checkbox',
    checked: user.accountEnabled !== false,
    'data-testid': 'field-accountEnabled',
  });
  const boxes = groups.map((group) => [
    group,
    h('input', { type: 'checkbox', checked: isIn(group), 'data-testid': `group-${group.displayName}` }),
  ]);
  const problem = h('p', { class: 'problem', role: 'alert' });

  const save = async (event) => {
    event.preventDefault();
    problem.textContent = '';
    try {
      const changes = changed(before, inputs);
      if (enabled.checked !== (user.accountEnabled !== false)) changes.accountEnabled = enabled.checked;
      if ('manager' in changes) {
        changes.managerId =
          changes.manager === null
            ? null
            : (await ask('GET', tenantPath(`/users/${encodeURIComponent(changes.manager)}`))).id;
        delete changes.manager;
      }
      const done = await ask(
        id === null ? 'POST' : 'PATCH',
        tenantPath(id === null ? '/users' : `/users/${id}`),
        changes,
      );
      for (const [group, box] of boxes)
        if (box.checked !== isIn(group))
          await ask(box.checked ? 'PUT' : 'DELETE', tenantPath(`/groups/${group.id}/members/${done.id}`));
      await live.refresh();
      closeDrawer();
      toast(t('saved'));
    } catch (error) {
      problem.textContent = error.message;
      $('drawer').scrollTop = 0;
    }
  };
  const remove = async () => {
    if (!(await attempt(() => ask('DELETE', tenantPath(`/users/${id}`)), t('removed')))) return;
    await live.refresh();
    closeDrawer();
  };

  const field = (name) =>
    h('label', { class: WIDE.has(name) || name === 'manager' ? 'wide' : '' }, t(name), inputs.get(name));
  openDrawer(id === null ? t('newPerson') : user.displayName, id === null ? 'new-person' : `edit-${user.userPrincipalName}`,
    h('form', { onsubmit: save, novalidate: true }, problem,
      h('div', { class: 'fields' }, NAMES.map(field)),
      h('label', { class: 'switch' }, enabled, t('enabled')),
      h('h2', {}, t('groups')),
      h('div', { class: 'checks' }, boxes.map(([group, box]) => h('label', {}, box, group.displayName))),
      h('h2', {}, t('details')),
      h('div', { class: 'fields' }, [...DETAILS, 'manager'].map(field)),
      h('details', {}, h('summary', {}, t('more')), h('div', { class: 'fields' }, EXTENSIONS.map((name) => h('label', {}, name, inputs.get(name))))),
      h('div', { class: 'do foot' },
        h('button', { class: 'main', 'data-testid': 'save' }, t('save')),
        h('button', { type: 'button', 'data-testid': 'drawer-cancel', onclick: closeDrawer }, t('cancel')),
        h('span', { class: 'sp' }),
        id === null ? null : h('button', { type: 'button', class: 'danger', 'data-testid': 'delete', onclick: remove }, t('removePerson'))))); // prettier-ignore
}

/** What the control API is to change: emptied fields become null, the one phone a list, the fifteen an object. */
function changed(before, inputs) {
  const changes = {};
  for (const [name, input] of inputs) {
    const text = input.value.trim();
    if (text === before.get(name)) continue;
    if (name === 'businessPhones') changes[name] = text === '' ? [] : [text];
    else if (EXTENSIONS.includes(name))
      changes.onPremisesExtensionAttributes = { ...changes.onPremisesExtensionAttributes, [name]: text || null };
    else changes[name] = text || null;
  }
  return changes;
}
