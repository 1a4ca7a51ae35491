// Bugs to plant in the engine (trust.md D6), each as texts of src/ to put in place of others. The simulation has to find every one of them.

export interface Mutant {
  name: string;
  patches: readonly { file: string; find: string; put: string }[];
  /** Statements to the database beside it: where its walls alone would stop the bug. */
  planted?: readonly string[];
}

const one = (name: string, file: string, find: string, put: string, planted?: readonly string[]): Mutant => ({
  name,
  patches: [{ file, find, put }],
  ...(planted && { planted }),
});

/** The nine that each simulation of a sync is to find. */
const known: readonly Mutant[] = [
  one(
    'a sync removes app users',
    'sync/settle.ts',
    '  await purgeTombstones(tx, lease);',
    `  await sql\`update app_user a set removed_at = now() from link l join directory_user d on d.organisation_id = l.organisation_id
    and d.connection_id = l.connection_id and d.object_id = l.object_id where l.organisation_id = \${organisationId}
    and a.organisation_id = l.organisation_id and a.id = l.app_user_id and d.deleted_at is not null and a.removed_at is null\`.execute(tx);
  await purgeTombstones(tx, lease);`,
    ['grant update (removed_at) on app_user to samsyn_sync'],
  ),
  one(
    'history is written outside of the transaction',
    'people/apply-fields.ts',
    'from valid v order by v.app_user_id, v.field',
    'from valid v where v.run_id is null order by v.app_user_id, v.field',
  ),
  one(
    'an empty page ends the listing',
    'graph/pages.ts',
    '      if (next !== null) {',
    "      if (next !== null && (page.items.length > 0 || options.kind === 'delta')) {",
  ),
  one(
    'a refusal is read as an empty page',
    'graph/client.ts',
    'if (answer.status === 401 || answer.status === 403) tokens.drop(tenantId, token);',
    `if ((answer.status === 401 || answer.status === 403) && request.method === undefined) return parsed(request, { ...answer, text: '{"value":[]}' });`,
  ),
  one(
    'half a body is read as an empty page',
    'graph/send.ts',
    '      throw failureOfNetwork(slow.signal.aborted ? slow.signal.reason : error, clientRequestId);',
    `      if (method === 'GET') return { status: 200, text: '{"value":[]}', requestId: null, clientRequestId, waitSeconds: null, contentType: '', date: null, location: null };
      throw failureOfNetwork(slow.signal.aborted ? slow.signal.reason : error, clientRequestId);`,
  ),
  one(
    'starting over keeps who is gone',
    'mirror/pull.ts',
    "    complete: position.mode === 'initial',\n  });\n  const {",
    '    complete: false,\n  });\n  const {',
  ),
  one(
    'the delta link is saved before the changes',
    'mirror/reading.ts',
    '      await savePosition(tx, input, position);',
    `      await savePosition(tx, input, position);
      await tx.updateTable('mirror_state').set({ users_link: position.usersLink }).where('organisation_id', '=', input.organisationId)
        .where('connection_id', '=', input.connectionId).execute();`,
  ),
  one(
    'no lease',
    'sync/lease.ts',
    'and connection_id = ${key.connectionId} and expires_at <= clock_timestamp()',
    'and connection_id = ${key.connectionId}',
  ),
  one(
    'no fence',
    'sync/lease.ts',
    '      and fence = ${lease.fence} and expires_at > clock_timestamp()\n    for update',
    '    for update',
  ),
];

const further: readonly Mutant[] = [
  {
    name: 'who is reported as removed is not looked up',
    patches: [
      {
        file: 'mirror/confirm.ts',
        find: '        return { object_id: id, removed: null, present: stagedPerson(answer.user), evidence: null };',
        put: "        return { object_id: id, removed: 'deleted', present: {}, evidence: 'not_found' };",
      },
    ],
  },
  one(
    'the brake holds one too late',
    'reconcile/brake.ts',
    'if (plan.gone > 0 && goneInWeek > goneAllowed) {',
    'if (plan.gone > 0 && goneInWeek > goneAllowed + 1) {',
  ),
  one(
    'the brake forgets the week',
    'reconcile/brake.ts',
    '  const goneInWeek = plan.gone + week.gone;',
    '  const goneInWeek = plan.gone;',
  ),
  one(
    'the brake does not see emptied fields',
    'reconcile/brake.ts',
    "for (const limit of ['changed', 'emptied'] as const) {",
    "for (const limit of ['changed'] as const) {",
  ),
  one(
    'notices are written outside of the transaction',
    'sync/settle.ts',
    '  await tellOfRun(deps, tx, { organisationId, connectionId, runId, counts, groups, held, error: null });',
    `  await inOrganisation(deps.db, organisationId, (other) => tellOfRun(deps, other, { organisationId, connectionId, runId, counts, groups, held, error: null }), { role: 'samsyn_sync' });`,
  ),
  one(
    'settings that were saved meanwhile are not seen',
    'sync/settle.ts',
    '  if (now.settings_version !== settings.settingsVersion) throw new SettingsChanged();',
    '',
  ),
  one(
    'off is not seen at the end',
    'sync/settle.ts',
    "  if (!now || now.status === 'off') throw new LeaseLost();",
    '  if (!now) throw new LeaseLost();',
  ),
  one(
    'off is not seen before a question',
    'sync/execute-run.ts',
    "  if (!row || row.status === 'off') throw new LeaseLost();",
    '  if (!row) throw new LeaseLost();',
  ),
  one(
    'the earlier page wins',
    'mirror/stage.ts',
    "        else s.present || excluded.present || jsonb_build_object('attributes',\n          coalesce(s.present -> 'attributes', '{}') || coalesce(excluded.present -> 'attributes', '{}'))",
    "        else excluded.present || s.present || jsonb_build_object('attributes',\n          coalesce(excluded.present -> 'attributes', '{}') || coalesce(s.present -> 'attributes', '{}'))",
  ),
  one(
    'disabled accounts count though they were not chosen',
    'mirror/scope.ts',
    "when not d.account_enabled and not ${scope.includeDisabled} then 'disabled'",
    "when not d.account_enabled and false then 'disabled'",
  ),
  one(
    'guests never count',
    'mirror/scope.ts',
    "when d.user_type = 'Guest' and not ${scope.includeGuests} then 'guest'",
    "when d.user_type = 'Guest' then 'guest'",
  ),
  one(
    'groups within groups are not read',
    'db/group-closure.ts',
    "    where m.member_kind = 'group'",
    "    where m.member_kind = 'group' and false",
  ),
  one(
    'who left a group stays in it',
    'mirror/stage.ts',
    '        removed: member.removed,\n      });',
    '        removed: false,\n      });',
  ),
  one(
    'linked people lose their tombstone',
    'mirror/absence.ts',
    'and l.object_id = d.object_id)\n      and not exists (select from link l\n',
    'and false)\n      and not exists (select from link l\n',
  ),
  one(
    'an empty value always clears',
    'reconcile/mapping.ts',
    "if (mapping.empty === 'clear' && before !== null && mapping.write === 'always') {",
    'if (before !== null) {',
  ),
  one(
    'what is only for empty fields overwrites',
    'reconcile/mapping.ts',
    "(mapping.write === 'when_empty' && before !== null)",
    'false',
  ),
  one(
    'other settings do not reach who did not change',
    'sync/settle.ts',
    '    everybody: last?.settings_version !== settings.settingsVersion || settings.isDraft,',
    '    everybody: false,',
  ),
  one(
    'a run that has ended is ended again',
    'sync/fail-run.ts',
    "        .where('fence', '=', String(lease.fence))\n        .where('state', '=', 'running')\n        .forUpdate()",
    '        .forUpdate()',
  ),
  one(
    'ignored people are told as new',
    'sync/count-run.ts',
    'and l.app_user_id is null and i.object_id is null) as new_people',
    'and l.app_user_id is null) as new_people',
  ),
  {
    name: 'everything is never read anew',
    patches: [
      {
        file: 'mirror/pull.ts',
        find: 'fullReadAt.getTime() > fullReadEveryMs',
        put: 'fullReadAt.getTime() > Infinity',
      },
      { file: 'mirror/pull.ts', find: 'at.getTime() < linkAgeMaxMs', put: 'at.getTime() < Infinity' },
    ],
  },
  one(
    'who comes back stays gone',
    'mirror/switch.ts',
    '      deleted_at = null, deleted_reason = null, deleted_evidence = null,',
    '      deleted_reason = d.deleted_reason,',
  ),
  one("a manager's new name reaches nobody", 'sync/plan.ts', ' or m.generation > ${input.sinceGeneration}', ''),
  one(
    'ignored people can be linked',
    'review/link.ts',
    '      and not exists (select from ignored i\n        where i.organisation_id = d.organisation_id and i.tenant_id = ${of.tenantId} and i.object_id = d.object_id)\n    order by d.object_id',
    '    order by d.object_id',
  ),
  one(
    'linked people can be ignored',
    'review/ignore.ts',
    '        and not exists (select from link l\n          where l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.object_id = d.object_id)\n',
    '',
  ),
  one(
    'a generation is skipped',
    'mirror/switch.ts',
    '      generation = m.generation + 1,',
    '      generation = m.generation + 2,',
  ),
  one(
    'a worker that was left behind may switch',
    'mirror/switch.ts',
    '    where m.generation = ${pull.fromGeneration}\n    returning generation',
    '    returning generation',
  ),
  one(
    'a linking is not written into the audit',
    'review/link.ts',
    '    if (linked.length > 0) {',
    '    if (linked.length > 99) {',
  ),
  {
    name: 'turning off unlinks',
    patches: [
      {
        file: 'connection/turn-off.ts',
        find: '    await deps.schedule(tx, organisationId, row.id, null);',
        put: "    await deps.schedule(tx, organisationId, row.id, null);\n    await tx.deleteFrom('link').where('organisation_id', '=', organisationId).execute();",
      },
    ],
  },
  one(
    'a try to come is forgotten',
    'sync/retry.ts',
    '    if (!failed) return;',
    '    if (!failed || failed.attempt > 0) return;',
  ),
  one(
    'an old run that is dead is never ended',
    'sync/start-run.ts',
    '  if (!open || (await isLeaseHeld(tx, key))) return null;',
    '  if (open || !open) return null;',
  ),
  one(
    'notices go out twice',
    'notify/recipients.ts',
    '      await notifyAppUsers(tx, organisationId, [appUserId], theirs);',
    '      await notifyAppUsers(tx, organisationId, [appUserId], [...theirs, ...theirs]);',
  ),
  one(
    'a query forgets whose rows it sweeps',
    'mirror/stage.ts',
    "    await tx.deleteFrom(table).where('organisation_id', '=', organisationId).execute();",
    '    await tx.deleteFrom(table).execute();',
    [
      'alter table staging_user disable row level security',
      'alter table staging_membership disable row level security',
      'alter table staging_group disable row level security',
      'alter table pull_progress disable row level security',
    ],
  ),
];

export const mutants: readonly Mutant[] = [...known, ...further];
