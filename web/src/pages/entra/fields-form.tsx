// *Fält*: which attribute of Entra ID is written to which field of the app, by which rule, and what that makes of a real person.
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowRight, IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { saveFields } from '../../../../src/contract/api-connection.ts';
import { defaultMappings, mappingsMax, type FieldsSettings, type Mapping } from '../../../../src/contract/settings.ts';
import { useCall } from '../../api/queries.ts';
import { isAppField, useFieldLabel } from '../../forms/field-labels.ts';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { focusNeighbour } from '../../ui/focus-neighbour.ts';
import { iconProps } from '../../ui/icon.ts';
import { ScreenReader } from '../../ui/screen-reader.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Tag } from '../../ui/tag.tsx';
import { useAttributeName } from './attribute-name.ts';
import { ExamplePerson, useExamplePerson, type Example } from './example-person.tsx';
import { FieldAdd } from './field-add.tsx';
import { FieldRule } from './field-rule.tsx';
import classes from './fields.module.css';
import type { StepFormProps } from './settings-part.tsx';
import { useStepDraft } from './step-draft.ts';
import { StepFrame, useAfterSaving } from './step-frame.tsx';
import { useKnownFields } from './known-fields.ts';

const initial: FieldsSettings = { mappings: [...defaultMappings] };

export function FieldsForm({ place, organisationId, settings, begun }: StepFormProps) {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId);
  const isKnown = useKnownFields(organisationId);
  const { draft, setDraft, isChanged, markSaved, discard } = useStepDraft(
    settings.fields,
    initial,
    useAfterSaving(place, 'fields'),
    begun?.fields,
  );
  const save = useCall(saveFields, { onSuccess: markSaved });
  const example = useExamplePerson(organisationId);
  // The table shows it; this is for who hears the page.
  const [said, setSaid] = useState('');
  const [isAdding, adding] = useDisclosure(false);
  const proposal = settings.fields === null ? (settings.proposal?.fields ?? null) : null;
  const { mappings } = draft;
  const change = (changed: Mapping) =>
    setDraft({ mappings: mappings.map((one) => (one.target === changed.target ? changed : one)) });
  const remove = ({ target }: Mapping) => {
    setDraft({ mappings: mappings.filter((one) => one.target !== target) });
    setSaid(t(($) => $.fields.removed, { field: label(target) }));
  };
  const isFull = mappings.length >= mappingsMax;
  return (
    <StepFrame
      place={place}
      step="fields"
      isChanged={isChanged}
      problem={mappings.every(({ target }) => isKnown(target)) ? undefined : t(($) => $.fields.invalid)}
      isSaving={save.isPending}
      error={save.error}
      onSave={() => save.mutate({ params: { organisationId }, body: draft })}
      onDiscard={() => {
        save.reset();
        discard();
      }}
      preview={{ fields: draft }}
      onPropose={proposal === null ? undefined : () => setDraft(proposal)}
    >
      <ExamplePerson example={example} />
      <Sheet flush title={t(($) => $.fields.title)} lead={t(($) => $.fields.lead)}>
        <table className={classes.table} aria-label={t(($) => $.fields.list)}>
          <thead>
            <tr>
              <th scope="col">{t(($) => $.fields.attribute)}</th>
              <th scope="col">
                <ScreenReader>{t(($) => $.fields.to)}</ScreenReader>
              </th>
              <th scope="col">{t(($) => $.fields.field)}</th>
              <th scope="col">{t(($) => $.fields.rule)}</th>
              <th scope="col">{t(($) => $.fields.example)}</th>
              <th scope="col">
                <ScreenReader>{t(($) => $.fields.actions)}</ScreenReader>
              </th>
            </tr>
          </thead>
          <tbody>
            {mappings.map((mapping) => (
              <Row
                key={mapping.target}
                mapping={mapping}
                name={label(mapping.target)}
                isKnown={isKnown(mapping.target)}
                isRefused={settings.refusedSources.includes(mapping.source)}
                example={example}
                onChange={change}
                onRemove={() => remove(mapping)}
              />
            ))}
          </tbody>
        </table>
        <div className={classes.foot}>
          <DisabledReason reason={isFull ? t(($) => $.fields.full, { count: mappingsMax }) : undefined}>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlus {...iconProps} />}
              data-adds-rows
              onClick={adding.open}
            >
              {t(($) => $.fields.add)}
            </Button>
          </DisabledReason>
          <p>{t(($) => $.fields.keepsValues)}</p>
        </div>
      </Sheet>
      <ScreenReader live>{said}</ScreenReader>
      {isAdding && (
        <FieldAdd
          organisationId={organisationId}
          taken={mappings.map(({ target }) => target)}
          example={example.data ?? null}
          onClose={adding.close}
          onAdd={(mapping, name) => {
            setDraft({ mappings: [...mappings, mapping] });
            setSaid(t(($) => $.fields.added, { field: name }));
            adding.close();
          }}
        />
      )}
    </StepFrame>
  );
}

interface RowProps {
  mapping: Mapping;
  name: string;
  isKnown: boolean;
  /** Microsoft would not give the attribute in the last run. */
  isRefused: boolean;
  example: Example;
  onChange: (mapping: Mapping) => void;
  onRemove: () => void;
}

function Row({ mapping, name, isKnown, isRefused, example, onChange, onRemove }: RowProps) {
  const { t } = useTranslation();
  const attributeName = useAttributeName();
  const isDefault = defaultMappings.some(({ target }) => target === mapping.target) && isAppField(mapping.target);
  return (
    <tr>
      <th scope="row">
        {attributeName(mapping.source)} <span className={classes.key}>{mapping.source}</span>
      </th>
      <td className={classes.arrow}>
        <IconArrowRight size={16} stroke={1.6} aria-hidden />
        <ScreenReader>{t(($) => $.fields.to)}</ScreenReader>
      </td>
      <td className={classes.target}>
        {name}
        {isRefused && (
          <Tooltip label={t(($) => $.fields.refusedHint)}>
            <span>
              <Tag tone="hold">{t(($) => $.fields.refused)}</Tag>
              <ScreenReader>. {t(($) => $.fields.refusedHint)}</ScreenReader>
            </span>
          </Tooltip>
        )}
        {!isKnown && <Tag tone="bad">{t(($) => $.fields.invalid)}</Tag>}
      </td>
      <td className={classes.rule}>
        <FieldRule mapping={mapping} name={name} onChange={onChange} />
      </td>
      <td className={classes.example} data-label={t(($) => $.fields.example)}>
        {example.data && <Value text={example.data.attributes[mapping.source]} />}
      </td>
      <td className={classes.action}>
        {isDefault ? (
          <Tooltip label={t(($) => $.fields.standardHint)}>
            <span className={classes.standard}>
              {t(($) => $.fields.standard)}
              <ScreenReader>. {t(($) => $.fields.standardHint)}</ScreenReader>
            </span>
          </Tooltip>
        ) : (
          <ActionIcon
            color="gray"
            aria-label={t(($) => $.fields.removeOf, { field: name })}
            data-row-action
            onClick={(event) => {
              focusNeighbour(event.currentTarget);
              onRemove();
            }}
          >
            <IconX size={16} stroke={1.6} aria-hidden />
          </ActionIcon>
        )}
      </td>
    </tr>
  );
}

function Value({ text }: { text: string | undefined }) {
  const { t } = useTranslation();
  if (text === undefined || text === '') return <span className={classes.none}>{t(($) => $.fields.noValue)}</span>;
  return text;
}
