// One's own account: language, light or dark, sign out.
import { Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { IconCheck, IconLogout } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { signOut, updateSession } from '../../../../src/contract/api-session.ts';
import type { Language } from '../../../../src/contract/common.ts';
import { call } from '../../api/client.ts';
import { sessionQuery, useSession } from '../../api/session.ts';
import { speak } from '../../language.ts';
import { paths } from '../../paths.ts';
import { iconProps } from '../../ui/icon.ts';
import classes from './shell.module.css';

const schemes: readonly MantineColorScheme[] = ['auto', 'light', 'dark'];
const languages: readonly Language[] = ['sv', 'en'];
const languageNames = { sv: 'swedish', en: 'english' } as const;

export function AccountMenu() {
  const { t, i18n } = useTranslation();
  const { account } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const choose = async (language: Language) => {
    await speak(language);
    queryClient.setQueryData(sessionQuery.queryKey, await call(updateSession, { body: { language } }));
  };
  const leave = async () => {
    await call(signOut, {});
    queryClient.clear();
    await navigate({ to: paths.signIn() });
  };
  return (
    <Menu position="right-end" width={220}>
      <Menu.Target>
        <button
          type="button"
          className={`${classes.entry} ${classes.account}`}
          aria-label={t(($) => $.shell.account.label, { name: account.name })}
        >
          <span
            className={classes.initials}
            data-initials={account.name.slice(0, 1).toLocaleUpperCase('sv')}
            aria-hidden
          />
          <span className={classes.entryText}>{account.name}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{account.email}</Menu.Label>
        <Menu.Divider />
        <Menu.Label>{t(($) => $.shell.account.language)}</Menu.Label>
        {languages.map((language) => (
          <Choice key={language} on={i18n.language === language} onClick={() => void choose(language)}>
            {t(($) => $.shell.account[languageNames[language]])}
          </Choice>
        ))}
        <Menu.Divider />
        <Menu.Label>{t(($) => $.shell.account.scheme)}</Menu.Label>
        {schemes.map((scheme) => (
          <Choice key={scheme} on={colorScheme === scheme} onClick={() => setColorScheme(scheme)}>
            {t(($) => $.shell.account[scheme])}
          </Choice>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout {...iconProps} />} onClick={() => void leave()}>
          {t(($) => $.shell.account.signOut)}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Choice({ on, onClick, children }: { on: boolean; onClick: () => void; children: string }) {
  return (
    <Menu.Item
      role="menuitemradio"
      aria-checked={on}
      onClick={onClick}
      closeMenuOnClick={false}
      rightSection={on ? <IconCheck {...iconProps} size={16} /> : undefined}
    >
      {children}
    </Menu.Item>
  );
}
