// What can be done with one row: the likeliest as a button, the others under the dots.
import { Button, Menu } from '@mantine/core';
import { IconEyeOff, IconHelpCircle, IconLink, IconRefresh, IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReviewRow } from '../../../../src/contract/api-review.ts';
import type { ReviewList } from '../../../../src/contract/situations.ts';
import { useOrganisationId } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { RowActions } from '../../table/row-actions.tsx';
import { LinkButton, LinkItem } from '../../ui/app-link.tsx';
import { iconProps } from '../../ui/icon.ts';
import classes from './entra.module.css';
import { PersonSync } from './person-sync.tsx';
import { onlyCandidate, rowId, rowName, type DeedName } from './review-deed.ts';
import type { PickWhat } from './review-pick.tsx';

/** `isSure`: done at once, without a dialog. */
export type Ask = (what: DeedName | PickWhat, row: ReviewRow, isSure?: boolean) => void;

interface RowDeedsProps {
  list: ReviewList;
  isKept: boolean;
  row: ReviewRow;
  busyId: string | null;
  onAsk: Ask;
}

export function RowDeeds({ list, isKept, row, busyId, onAsk }: RowDeedsProps) {
  const { t } = useTranslation();
  const name = rowName(row);
  const organisationId = useOrganisationId();
  const [isSyncing, setIsSyncing] = useState(false);
  const button = (
    what: DeedName | 'choose' | 'linkPerson',
    look: { isSure?: boolean; danger?: boolean; quiet?: boolean } = {},
  ) => {
    const label = t(($) => $.review.action[what]);
    return (
      <Button
        size="xs"
        variant={look.danger === true ? 'outline' : look.quiet === true ? 'subtle' : 'default'}
        color={look.danger === true ? 'brick' : 'fjord'}
        aria-label={t(($) => $.review.action.of, { action: label, name })}
        loading={look.isSure === true && busyId === rowId(list, row)}
        onClick={() => onAsk(what, row, look.isSure)}
      >
        {label}
      </Button>
    );
  };
  const why = row.person !== null && (
    <LinkItem to={paths.entraWhy(organisationId, { id: row.person.id })} icon={<IconHelpCircle {...iconProps} />}>
      {t(($) => $.why.title)}
    </LinkItem>
  );
  return (
    <div className={classes.deeds}>
      {list === 'linked' && button('unlink')}
      {list === 'suggested' && (
        <>
          {onlyCandidate(row) === undefined ? button('choose') : button('link', { isSure: true })}
          <RowActions name={name}>
            <Menu.Item leftSection={<IconLink {...iconProps} />} onClick={() => onAsk('linkTo', row)}>
              {t(($) => $.review.action.linkTo)}
            </Menu.Item>
            <Menu.Item leftSection={<IconUserPlus {...iconProps} />} onClick={() => onAsk('create', row)}>
              {t(($) => $.review.action.createAnyway)}
            </Menu.Item>
            <Menu.Item leftSection={<IconEyeOff {...iconProps} />} onClick={() => onAsk('ignore', row)}>
              {t(($) => $.review.action.ignoreAsk)}
            </Menu.Item>
            <Menu.Item leftSection={<IconRefresh {...iconProps} />} onClick={() => setIsSyncing(true)}>
              {t(($) => $.runs.one.button)}
            </Menu.Item>
            {why}
          </RowActions>
        </>
      )}
      {list === 'available' && (
        <>
          {button('create', { isSure: true })}
          <RowActions name={name}>
            <Menu.Item leftSection={<IconLink {...iconProps} />} onClick={() => onAsk('linkTo', row)}>
              {t(($) => $.review.action.linkToPlain)}
            </Menu.Item>
            <Menu.Item leftSection={<IconEyeOff {...iconProps} />} onClick={() => onAsk('ignore', row)}>
              {t(($) => $.review.action.ignoreAsk)}
            </Menu.Item>
            <Menu.Item leftSection={<IconRefresh {...iconProps} />} onClick={() => setIsSyncing(true)}>
              {t(($) => $.runs.one.button)}
            </Menu.Item>
            {why}
          </RowActions>
        </>
      )}
      {list === 'ignored' && button('restore', { isSure: true })}
      {list === 'gone' && (
        <>
          {isKept ? button('unkeep', { isSure: true }) : button('keep', { isSure: true })}
          {button('remove', { danger: true })}
        </>
      )}
      {list === 'app_only' && button('linkPerson')}
      {isSyncing && row.person !== null && (
        <PersonSync
          organisationId={organisationId}
          whom={{ objectId: row.person.id }}
          name={name}
          onClose={() => setIsSyncing(false)}
        />
      )}
      {list !== 'suggested' && list !== 'available' && row.person !== null && (
        <WhyLink id={row.person.id} name={name} />
      )}
    </div>
  );
}

/** Why the person stands here. */
function WhyLink({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation();
  const organisationId = useOrganisationId();
  return (
    <LinkButton
      to={paths.entraWhy(organisationId, { id })}
      aria-label={t(($) => $.why.of, { name })}
      size="xs"
      px={6}
      variant="subtle"
      color="gray"
    >
      <IconHelpCircle {...iconProps} />
    </LinkButton>
  );
}
