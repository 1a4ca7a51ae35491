// The rule of one mapping as a word that opens a menu: what is done with a value, and what with none.
import { Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { emptyRuleSchema, writeRuleSchema, type Mapping } from '../../../../src/contract/settings.ts';
import { ScreenReader } from '../../ui/screen-reader.tsx';
import classes from './fields.module.css';

interface FieldRuleProps {
  mapping: Mapping;
  /** The field's name in the app. */
  name: string;
  onChange: (mapping: Mapping) => void;
}

export function FieldRule({ mapping, name, onChange }: FieldRuleProps) {
  const { t } = useTranslation();
  const { write, empty } = mapping;
  return (
    <Menu position="bottom-start" closeOnItemClick={false} width={320}>
      <Menu.Target>
        <button type="button" className={classes.ruleButton}>
          <ScreenReader>{t(($) => $.fields.ruleOf, { field: name })}: </ScreenReader>
          <span>
            {t(($) => $.fields.write[write])}
            {empty === 'clear' && `, ${t(($) => $.fields.empty.clear)}`}
          </span>
          <IconChevronDown size={14} stroke={1.8} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t(($) => $.fields.writeGroup)}</Menu.Label>
        <Menu.RadioGroup
          value={write}
          onChange={(value) => {
            const chosen = writeRuleSchema.parse(value);
            // Who fills only empty fields never empties one.
            onChange({ ...mapping, write: chosen, empty: chosen === 'when_empty' ? 'keep' : empty });
          }}
        >
          {writeRuleSchema.options.map((rule) => (
            <Menu.RadioItem key={rule} value={rule}>
              {t(($) => $.fields.write[rule])}
              <span className={classes.itemHint}>{t(($) => $.fields.writeHint[rule])}</span>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        {write === 'always' && (
          <>
            <Menu.Divider />
            <Menu.Label>{t(($) => $.fields.emptyGroup)}</Menu.Label>
            <Menu.RadioGroup
              value={empty}
              onChange={(value) => onChange({ ...mapping, empty: emptyRuleSchema.parse(value) })}
            >
              {emptyRuleSchema.options.map((rule) => (
                <Menu.RadioItem key={rule} value={rule}>
                  {t(($) => $.fields.empty[rule])}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
