// Which organisation one looks at; only for those who belong to several.
import { Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { IconCheck, IconSelector } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { currentMembership, rememberOrganisation, useMaybeParam, useSession } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { iconProps } from '../../ui/icon.ts';
import classes from './shell.module.css';

export function OrganisationSwitch() {
  const { t } = useTranslation();
  const session = useSession();
  const navigate = useNavigate();
  const current = currentMembership(session, useMaybeParam('organisationId'));
  if (session.organisations.length < 2 || current === undefined) return null;
  const choose = (id: string) => {
    rememberOrganisation(id);
    void navigate({ to: paths.contacts(id) });
  };
  return (
    <Menu width={260} position="bottom-start">
      <Menu.Target>
        <button
          type="button"
          className={`${classes.entry} ${classes.organisation}`}
          aria-label={t(($) => $.shell.organisation.current, { name: current.name })}
        >
          <span className={classes.entryText}>{current.name}</span>
          <IconSelector {...iconProps} size={16} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t(($) => $.shell.organisation.switch)}</Menu.Label>
        {session.organisations.map((one) => (
          <Menu.Item
            key={one.id}
            onClick={() => choose(one.id)}
            rightSection={one.id === current.id ? <IconCheck {...iconProps} size={16} /> : undefined}
          >
            {one.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
