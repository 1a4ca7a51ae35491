// Coupling one more attribute: the attribute, the field that it goes to, and a custom field made on the spot when none fits.
import { Button, Group, Select, Stack, TextInput, type ComboboxItem } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createCustomField, listCustomFields } from '../../../../src/contract/api-people.ts';
import {
  appFields,
  sourceAttributes,
  sourceAttributeSchema,
  targetFieldSchema,
  type Mapping,
  type SourceAttribute,
  type TargetField,
} from '../../../../src/contract/settings.ts';
import { useCall } from '../../api/queries.ts';
import { useCustomFields, useFieldLabel } from '../../forms/field-labels.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { iconProps } from '../../ui/icon.ts';
import { tell } from '../../ui/told.ts';
import { naturalTargets, useAttributeName } from './attribute-name.ts';
import type { Example } from './example-person.tsx';
import classes from './fields.module.css';

interface FieldAddProps {
  organisationId: string;
  taken: readonly TargetField[];
  example: NonNullable<Example['data']> | null;
  onAdd: (mapping: Mapping, name: string) => void;
  onClose: () => void;
}

export function FieldAdd({ organisationId, taken, example, onAdd, onClose }: FieldAddProps) {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId);
  const [source, setSource] = useState<SourceAttribute | null>(null);
  const [target, setTarget] = useState<TargetField | null>(null);
  const [isNew, setNew] = useState(false);
  const chooseSource = (chosen: SourceAttribute) => {
    setSource(chosen);
    const natural = naturalTargets[chosen];
    if (target === null && natural !== undefined && !taken.includes(natural)) setTarget(natural);
  };
  const mapping: Mapping | null =
    source === null || target === null ? null : { source, target, write: 'always', empty: 'keep' };
  return (
    <Dialog opened onClose={onClose} title={t(($) => $.fields.addTitle)}>
      <Stack>
        <AttributeSelect value={source} onChange={chooseSource} example={example} />
        {isNew ? (
          <NewField
            organisationId={organisationId}
            onCancel={() => setNew(false)}
            onCreated={(created) => {
              setTarget(created);
              setNew(false);
            }}
          />
        ) : (
          <TargetSelect
            organisationId={organisationId}
            taken={taken}
            value={target}
            onChange={setTarget}
            onNew={() => setNew(true)}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t(($) => $.shell.action.cancel)}
          </Button>
          <DisabledReason reason={mapping === null || isNew ? t(($) => $.fields.chooseBoth) : undefined}>
            <Button onClick={() => mapping !== null && onAdd(mapping, label(mapping.target))}>
              {t(($) => $.fields.addConfirm)}
            </Button>
          </DisabledReason>
        </Group>
      </Stack>
    </Dialog>
  );
}

interface AttributeSelectProps {
  value: SourceAttribute | null;
  onChange: (attribute: SourceAttribute) => void;
  example: FieldAddProps['example'];
}

function AttributeSelect({ value, onChange, example }: AttributeSelectProps) {
  const { t } = useTranslation();
  const name = useAttributeName();
  const shown = value === null ? undefined : (example?.attributes[value] ?? '');
  return (
    <div>
      <Select
        label={t(($) => $.fields.chooseAttribute)}
        placeholder={t(($) => $.fields.chooseAttributeHint)}
        // Found by either name.
        data={sourceAttributes.map((attribute) => ({ value: attribute, label: `${name(attribute)} (${attribute})` }))}
        renderOption={({ option }) => <AttributeOption option={option} />}
        nothingFoundMessage={t(($) => $.fields.noAttribute)}
        searchable
        allowDeselect={false}
        value={value}
        onChange={(chosen) => chosen !== null && onChange(sourceAttributeSchema.parse(chosen))}
        maxDropdownHeight={280}
        data-autofocus
      />
      {example !== null && shown !== undefined && (
        <p className={classes.note}>
          {example.displayName}: {shown === '' ? t(($) => $.fields.noValue) : shown}
        </p>
      )}
    </div>
  );
}

function AttributeOption({ option }: { option: ComboboxItem }) {
  const name = useAttributeName();
  const attribute = sourceAttributeSchema.parse(option.value);
  return (
    <span>
      {name(attribute)} <span className={classes.key}>{attribute}</span>
    </span>
  );
}

interface TargetSelectProps {
  organisationId: string;
  taken: readonly TargetField[];
  value: TargetField | null;
  onChange: (field: TargetField) => void;
  onNew: () => void;
}

function TargetSelect({ organisationId, taken, value, onChange, onNew }: TargetSelectProps) {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId);
  const custom = useCustomFields(organisationId);
  const itemsOf = (fields: readonly TargetField[]) =>
    fields.filter((field) => !taken.includes(field)).map((field) => ({ value: field, label: label(field) }));
  const groups = [
    { group: t(($) => $.fields.appGroup), items: itemsOf(appFields) },
    { group: t(($) => $.fields.customGroup), items: itemsOf(custom.map(({ key }) => key)) },
  ].filter(({ items }) => items.length > 0);
  return (
    <div>
      <Select
        label={t(($) => $.fields.chooseField)}
        placeholder={t(($) => $.fields.chooseFieldHint)}
        {...(groups.length === 0 ? { description: t(($) => $.fields.allFieldsUsed) } : {})}
        data={groups}
        nothingFoundMessage={t(($) => $.fields.noField)}
        searchable
        allowDeselect={false}
        value={value}
        onChange={(chosen) => chosen !== null && onChange(targetFieldSchema.parse(chosen))}
        maxDropdownHeight={280}
      />
      <Button mt={8} size="xs" variant="subtle" leftSection={<IconPlus {...iconProps} />} onClick={onNew}>
        {t(($) => $.fields.newField)}
      </Button>
    </div>
  );
}

interface NewFieldProps {
  organisationId: string;
  onCancel: () => void;
  onCreated: (field: TargetField) => void;
}

function NewField({ organisationId, onCancel, onCreated }: NewFieldProps) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [isTried, setIsTried] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  // The button that opened this is gone, and the keyboard with it.
  useEffect(() => field.current?.focus(), []);
  const create = useCall(createCustomField, { refreshes: [listCustomFields] });
  const trimmed = name.trim();
  const submit = () => {
    setIsTried(true);
    if (trimmed === '') return;
    create.mutate(
      { params: { organisationId }, body: { label: trimmed } },
      {
        // After the list of fields is read anew, so that the new one has its name.
        onSuccess: ({ key, label }) => {
          tell(t(($) => $.fields.newFieldCreated, { label }));
          onCreated(`custom:${key}`);
        },
      },
    );
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="xs">
        {create.isError && <ErrorState error={create.error} />}
        <TextInput
          label={t(($) => $.fields.newFieldLabel)}
          description={t(($) => $.fields.newFieldHint)}
          maxLength={60}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={isTried && trimmed === '' ? t(($) => $.people.fields.labelMissing) : null}
          ref={field}
        />
        <Group gap="xs">
          <Button type="submit" size="xs" variant="outline" loading={create.isPending}>
            {t(($) => $.fields.newFieldCreate)}
          </Button>
          <Button size="xs" variant="subtle" onClick={onCancel}>
            {t(($) => $.fields.newFieldCancel)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
