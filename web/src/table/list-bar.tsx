// The bar above a list: search and filters, the count, the density; in their place what can be done with the chosen rows.
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconBaselineDensityMedium, IconBaselineDensitySmall } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { iconProps } from '../ui/icon.ts';
import { SearchField } from '../ui/search-field.tsx';
import classes from './list-table.module.css';
import type { Density } from './use-density.ts';
import type { Selection } from './use-selection.ts';

interface ListBarProps {
  search?: { label: string; placeholder?: string; value: string; onSearch: (value: string) => void; wide?: boolean };
  filters?: ReactNode;
  /** "1 204 användare". */
  count?: string | undefined;
  density?: [Density, (density: Density) => void];
  selection?: Selection;
  /** Buttons for the chosen rows: "Koppla 3 användare". */
  bulkActions?: ReactNode;
  /** Buttons for the list itself, while nothing is chosen. */
  actions?: ReactNode;
}

export function ListBar({ search, filters, count, density, selection, bulkActions, actions }: ListBarProps) {
  const { t } = useTranslation();
  const isChoosing = selection !== undefined && selection.count > 0;
  return (
    <div className={classes.bar}>
      {search !== undefined && <Search {...search} />}
      {filters}
      <div className={classes.space} />
      {isChoosing ? (
        <>
          <output className={classes.count}>{t(($) => $.shell.list.selected, { count: selection.count })}</output>
          <Button size="xs" variant="subtle" onClick={selection.clear}>
            {t(($) => $.shell.list.clearSelection)}
          </Button>
          {bulkActions}
        </>
      ) : (
        <>
          {count !== undefined && <span className={classes.count}>{count}</span>}
          {density !== undefined && <DensitySwitch density={density} />}
          {actions}
        </>
      )}
    </div>
  );
}

function Search({ wide = false, ...search }: NonNullable<ListBarProps['search']>) {
  return <SearchField {...search} className={wide ? classes.wide : classes.search} />;
}

function DensitySwitch({ density: [density, setDensity] }: { density: [Density, (density: Density) => void] }) {
  const { t } = useTranslation();
  const other = density === 'compact' ? 'comfortable' : 'compact';
  const Icon = density === 'compact' ? IconBaselineDensityMedium : IconBaselineDensitySmall;
  const label = `${t(($) => $.shell.list.density)}: ${t(($) => $.shell.list[other])}`;
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} color="gray" onClick={() => setDensity(other)}>
        <Icon {...iconProps} />
      </ActionIcon>
    </Tooltip>
  );
}
