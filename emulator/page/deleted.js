// The deleted, who can be restored for thirty days or be deleted for ever.
import { ask, attempt, confirmed, h, live, tenantPath } from './parts.js';
import { currentLanguage, t } from './words.js';

export async function deletedView() {
  const [users, groups] = await Promise.all([
    ask('GET', tenantPath('/users?deleted=1&limit=500')),
    ask('GET', tenantPath('/groups?deleted=1&limit=500')),
  ]);
  const all = [
    ...users.value.map((one) => ({ ...one, kind: 'users' })),
    ...groups.value.map((one) => ({ ...one, kind: 'groups' })),
  ].toSorted((a, b) => b.deletedDateTime.localeCompare(a.deletedDateTime));
  if (all.length === 0) return [h('div', { class: 'sheet' }, h('p', { class: 'pad' }, t('noneDeleted')))];
  const format = new Intl.DateTimeFormat(currentLanguage() === 'en' ? 'en-GB' : 'sv-SE', {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  return [
    h('p', { class: 'lead' }, t('deletedLead')),
    h(
      'ul',
      { class: 'plain sheet', 'data-testid': 'deleted' },
      all.map((one) => deletedRow(one, format)),
    ),
  ];
}

function deletedRow(one, format) {
  const name = one.displayName;
  const restore = async () => {
    if (await attempt(() => ask('POST', tenantPath(`/${one.kind}/${one.id}/restore`)), t('restored', name)))
      await live.refresh();
  };
  const forever = async () => {
    if (!(await confirmed(t('confirmForever', name), t('forever')))) return;
    if (await attempt(() => ask('DELETE', tenantPath(`/${one.kind}/${one.id}?permanent=1`)), t('gone', name)))
      await live.refresh();
  };
  const when = t(
    one.kind === 'users' ? 'personDeletedAt' : 'groupDeletedAt',
    format.format(new Date(one.deletedDateTime)),
  );
  return h('li', {},
    h('div', {}, h('b', {}, name), h('small', {}, when)),
    h('button', { class: 'small', 'data-testid': `restore-${name}`, 'aria-label': `${t('restore')}: ${name}`, onclick: restore }, t('restore')),
    h('button', { class: 'small danger', 'data-testid': `forever-${name}`, 'aria-label': `${t('forever')}: ${name}`, onclick: forever }, t('forever'))); // prettier-ignore
}
