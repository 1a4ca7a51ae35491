// Narrows a review list down to people, or to the accounts of one kind: rooms, shared mailboxes, guests …
import { Select } from '@mantine/core';
import { IconUserCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { accountFilters, type AccountFilter } from '../../../../src/contract/account-marks.ts';
import { EmptyState } from '../../ui/empty-state.tsx';

interface AccountSelectProps {
  value: AccountFilter | undefined;
  onChange: (account: AccountFilter | undefined) => void;
}

export function AccountSelect({ value, onChange }: AccountSelectProps) {
  const { t } = useTranslation();
  return (
    <Select
      aria-label={t(($) => $.review.account.label)}
      placeholder={t(($) => $.review.account.all)}
      data={accountFilters.map((filter) => ({ value: filter, label: t(($) => $.review.account[filter]) }))}
      value={value ?? null}
      onChange={(chosen) => onChange(accountFilterOf(chosen ?? ''))}
      clearable
      w={210}
    />
  );
}

/** The list holds nobody of the chosen kind. */
export function NoSuchAccounts() {
  const { t } = useTranslation();
  return (
    <EmptyState icon={IconUserCheck} title={t(($) => $.review.account.none)}>
      {t(($) => $.review.account.noneNext)}
    </EmptyState>
  );
}

/** What an address says, when it is a kind. */
export function accountFilterOf(text: string): AccountFilter | undefined {
  return accountFilters.find((filter) => filter === text);
}
