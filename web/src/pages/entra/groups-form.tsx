// *Grupper*: who belongs. All users or chosen groups, guests and disabled accounts, and how many that makes right now.
import { ActionIcon, Radio, Switch } from '@mantine/core';
import { IconBulb, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getConnection, saveGroups, type GoneGroup } from '../../../../src/contract/api-connection.ts';
import type { GroupsSettings } from '../../../../src/contract/settings.ts';
import { isApiError } from '../../api/api-error.ts';
import { routeQuery, useCall } from '../../api/queries.ts';
import { focusNeighbour } from '../../ui/focus-neighbour.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { Tag } from '../../ui/tag.tsx';
import { GroupSearch, type ChosenGroup } from './group-search.tsx';
import { ScopeCount } from './scope-count.tsx';
import classes from './settings.module.css';
import type { StepFormProps } from './settings-part.tsx';
import { useStepDraft } from './step-draft.ts';
import { StepFrame, useAfterSaving } from './step-frame.tsx';

/** Nothing is chosen for one: an empty choice is neither everybody nor nobody. */
type GroupsDraft = Omit<GroupsSettings, 'scope'> & { scope: GroupsSettings['scope'] | null };

const empty: GroupsDraft = { scope: null, groups: [], includeGuests: false, includeDisabled: false };

export function GroupsForm({ place, organisationId, settings, begun }: StepFormProps) {
  const { t } = useTranslation();
  const { draft, setDraft, isChanged, markSaved, discard } = useStepDraft<GroupsDraft>(
    settings.groups,
    empty,
    useAfterSaving(place, 'groups'),
    begun?.groups,
  );
  const save = useCall(saveGroups, { onSuccess: markSaved });
  const proposal = settings.groups === null ? (settings.proposal?.groups ?? null) : null;
  const whole = wholeOf(draft);
  const known = useQuery(routeQuery(getConnection, { params: { organisationId } })).data?.connection?.goneGroups ?? [];
  const held = known.filter(({ backAt }) => backAt === null);
  // Microsoft cannot count a group that is gone.
  const counted = wholeOf({ ...draft, groups: draft.groups.filter(({ id }) => !held.some((one) => one.id === id)) });
  const problem =
    draft.scope === null
      ? t(($) => $.settings.groups.chooseScope)
      : whole === null
        ? t(($) => $.settings.groups.chooseFirst)
        : undefined;
  return (
    <StepFrame
      place={place}
      step="groups"
      isChanged={isChanged}
      problem={problem}
      isSaving={save.isPending}
      error={save.error}
      onSave={() => whole !== null && save.mutate({ params: { organisationId }, body: whole })}
      onDiscard={() => {
        save.reset();
        discard();
      }}
      preview={whole === null ? undefined : { groups: whole }}
      onPropose={proposal === null ? undefined : () => setDraft(proposal)}
    >
      <div className={classes.columns}>
        <Sheet title={t(($) => $.settings.groups.title)} lead={t(($) => $.settings.groups.lead)}>
          <Scope draft={draft} onChange={setDraft} />
          {draft.scope === 'groups' && (
            <ChooseGroups
              organisationId={organisationId}
              groups={draft.groups}
              held={held}
              goneId={isApiError(save.error, 'group_unknown') ? String(save.error.params['id'] ?? '') : undefined}
              onChange={(groups) => setDraft({ ...draft, groups })}
            />
          )}
          <Others draft={draft} onChange={setDraft} />
        </Sheet>
        <div className={classes.aside}>
          <ScopeCount
            organisationId={organisationId}
            choice={counted}
            missing={draft.scope === 'groups' ? t(($) => $.settings.groups.countNone) : problem}
          />
        </div>
      </div>
    </StepFrame>
  );
}

/** What can be saved and counted; null while something is missing. Groups that do not count are not sent. */
function wholeOf({ scope, groups, ...others }: GroupsDraft): GroupsSettings | null {
  if (scope === null || (scope === 'groups' && groups.length === 0)) return null;
  return { scope, groups: scope === 'groups' ? groups : [], ...others };
}

interface PartProps {
  draft: GroupsDraft;
  onChange: (draft: GroupsDraft) => void;
}

function Scope({ draft, onChange }: PartProps) {
  const { t } = useTranslation();
  return (
    <Radio.Group
      label={t(($) => $.settings.groups.scope)}
      value={draft.scope}
      onChange={(scope) => onChange({ ...draft, scope: scope === 'all' ? 'all' : 'groups' })}
    >
      <div className={classes.choices}>
        <Radio value="all" label={t(($) => $.settings.groups.all)} description={t(($) => $.settings.groups.allHint)} />
        <Radio
          value="groups"
          label={t(($) => $.settings.groups.selected)}
          description={t(($) => $.settings.groups.selectedHint)}
        />
      </div>
    </Radio.Group>
  );
}

function Others({ draft, onChange }: PartProps) {
  const { t } = useTranslation();
  return (
    <fieldset className={`${classes.part} ${classes.others}`}>
      <legend>{t(($) => $.settings.groups.others)}</legend>
      <Switch
        label={t(($) => $.settings.groups.guests)}
        description={t(($) => $.settings.groups.guestsHint)}
        checked={draft.includeGuests}
        onChange={(event) => onChange({ ...draft, includeGuests: event.currentTarget.checked })}
      />
      <Switch
        label={t(($) => $.settings.groups.disabled)}
        description={t(($) => $.settings.groups.disabledHint)}
        checked={draft.includeDisabled}
        onChange={(event) => onChange({ ...draft, includeDisabled: event.currentTarget.checked })}
      />
    </fieldset>
  );
}

/** What taking it out of the choice would mean. */
function Leaving({ group }: { group: GoneGroup | undefined }) {
  const { t } = useTranslation();
  if (group === undefined || group.leaving === 0) return null;
  return <span className={classes.rowLine}>{t(($) => $.settings.groups.leaving, { count: group.leaving })}</span>;
}

interface ChooseGroupsProps {
  organisationId: string;
  groups: ChosenGroup[];
  /** Gone, as the last run found; who counted through them is held. */
  held: readonly GoneGroup[];
  /** A group that Entra did not know when it was saved. */
  goneId: string | undefined;
  onChange: (groups: ChosenGroup[]) => void;
}

function ChooseGroups({ organisationId, groups, held, goneId, onChange }: ChooseGroupsProps) {
  const { t } = useTranslation();
  // The settings keep a name only; the number is known of those that were found on this page.
  const [people, setPeople] = useState<ReadonlyMap<string, number | null>>(new Map());
  return (
    <div className={`${classes.part} ${classes.form}`}>
      <div className={classes.list}>
        <h3>{t(($) => $.settings.groups.chosen)}</h3>
        {groups.length === 0 && <p className={classes.quiet}>{t(($) => $.settings.groups.chosenNone)}</p>}
        {groups.length > 0 && (
          <ul className={classes.rows} aria-label={t(($) => $.settings.groups.chosen)}>
            {groups.map(({ id, name }) => (
              <li key={id}>
                <span className={classes.rowText}>
                  <span className={classes.rowName}>{name}</span>
                  <Leaving group={held.find((one) => one.id === id)} />
                  {typeof people.get(id) === 'number' && (
                    <span className={classes.rowLine}>
                      {t(($) => $.settings.groups.people, { count: people.get(id) ?? 0 })}
                    </span>
                  )}
                </span>
                {(id === goneId || held.some((one) => one.id === id)) && (
                  <Tag tone="bad">{t(($) => $.settings.groups.gone)}</Tag>
                )}
                <ActionIcon
                  color="gray"
                  aria-label={t(($) => $.settings.groups.removeOf, { name })}
                  data-row-action
                  onClick={(event) => {
                    focusNeighbour(event.currentTarget);
                    onChange(groups.filter((one) => one.id !== id));
                  }}
                >
                  <IconX size={16} stroke={1.6} aria-hidden />
                </ActionIcon>
              </li>
            ))}
          </ul>
        )}
      </div>
      <GroupSearch
        organisationId={organisationId}
        chosen={groups.map(({ id }) => id)}
        onAdd={({ id, name, people: count }) => {
          setPeople(new Map(people).set(id, count));
          onChange([...groups, { id, name }]);
        }}
      />
      <p className={classes.advice}>
        <IconBulb size={18} stroke={1.6} aria-hidden />
        {t(($) => $.settings.groups.advice)}
      </p>
    </div>
  );
}
