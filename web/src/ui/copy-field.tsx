// A text to take along, with a button that copies it and says so.
import { Button, TextInput } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { iconProps } from './icon.ts';
import classes from './ui.module.css';

export function CopyField({ label, value, description }: { label: string; value: string; description?: string }) {
  const { t } = useTranslation();
  const clipboard = useClipboard({ timeout: 2500 });
  const Icon = clipboard.copied ? IconCheck : IconCopy;
  return (
    <div className={classes.copy}>
      <TextInput
        label={label}
        {...(description === undefined ? {} : { description })}
        value={value}
        readOnly
        onFocus={(event) => event.currentTarget.select()}
      />
      <Button
        variant="default"
        leftSection={<Icon {...iconProps} />}
        onClick={() => clipboard.copy(value)}
        aria-live="polite"
      >
        {clipboard.copied ? t(($) => $.shell.action.copied) : t(($) => $.shell.action.copy)}
      </Button>
    </div>
  );
}
