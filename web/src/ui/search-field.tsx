// A search field that tells its value when one pauses; Escape empties it.
import { CloseButton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { iconProps } from './icon.ts';

interface SearchFieldProps {
  /** The accessible name: "Sök kontakter". */
  label: string;
  placeholder?: string;
  value: string;
  onSearch: (value: string) => void;
  pauseMilliseconds?: number;
  /** In a dialog: where the keyboard begins. */
  first?: boolean;
  className?: string | undefined;
}

export function SearchField({
  label,
  placeholder,
  value,
  onSearch,
  pauseMilliseconds = 250,
  first = false,
  className,
}: SearchFieldProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const latest = useRef(onSearch);
  const told = useRef(value);
  useEffect(() => {
    latest.current = onSearch;
  });
  // The value can also change from outside: the browser's back, a cleared filter.
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    const trimmed = text.trim();
    if (trimmed === told.current) return;
    const timer = setTimeout(() => {
      told.current = trimmed;
      latest.current(trimmed);
    }, pauseMilliseconds);
    return () => clearTimeout(timer);
  }, [text, pauseMilliseconds]);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={placeholder ?? label}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && text !== '') {
          event.stopPropagation();
          setText('');
        }
      }}
      leftSection={<IconSearch {...iconProps} />}
      rightSection={
        text === '' ? undefined : (
          <CloseButton size="sm" aria-label={t(($) => $.shell.action.clearSearch)} onClick={() => setText('')} />
        )
      }
      rightSectionPointerEvents="all"
      autoComplete="off"
      data-autofocus={first || undefined}
      maxLength={200}
      {...(className === undefined ? {} : { className })}
    />
  );
}
