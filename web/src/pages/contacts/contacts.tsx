// *Kontakter*: the organisation's people with a search, and the contact card of the one that is open.
import { useInfiniteQuery } from '@tanstack/react-query';
import { IconAddressBook, IconUsers } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { listContacts } from '../../../../src/contract/api-people.ts';
import { routePages, type RowOf } from '../../api/queries.ts';
import { useMaybeParam, useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { useSearchParam } from '../../search.ts';
import { ListBar } from '../../table/list-bar.tsx';
import { ListTable, type Column } from '../../table/list-table.tsx';
import { AppLink } from '../../ui/app-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Person } from '../../ui/person.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { ContactCard } from './contact-card.tsx';
import classes from './contacts.module.css';

type ContactRow = RowOf<typeof listContacts>;

export function Contacts() {
  const { t } = useTranslation();
  const { id: organisationId, name: organisation } = useMembership();
  const contactId = useMaybeParam('contactId');
  const [search, setSearch] = useSearchParam('q');
  const query = search === '' ? {} : { search };
  const pages = useInfiniteQuery(routePages(listContacts, { params: { organisationId }, query }));
  // The number of everybody stays the same while one searches.
  const everybody = useInfiniteQuery(routePages(listContacts, { params: { organisationId }, query: {} })).data;
  const lead =
    everybody === undefined
      ? t(($) => $.contacts.leadPlain, { organisation })
      : everybody.totalIsCapped
        ? t(($) => $.contacts.leadMany, { count: everybody.total, organisation })
        : t(($) => $.contacts.lead, { count: everybody.total, organisation });
  return (
    <>
      <PageHeader title={t(($) => $.contacts.title)} lead={lead} />
      <div className={`${classes.grid} ${contactId === undefined ? '' : classes.withCard}`}>
        <Sheet flush className={classes.list}>
          <ListBar
            search={{
              label: t(($) => $.contacts.search),
              placeholder: t(($) => $.contacts.searchHint),
              value: search,
              onSearch: setSearch,
              wide: true,
            }}
          />
          <ListTable
            label={t(($) => $.contacts.list)}
            pages={pages}
            columns={useColumns(organisationId, search, contactId)}
            idOf={(row) => row.id}
            nameOf={(row) => row.displayName}
            isCurrent={(row) => row.id === contactId}
            search={search}
            cards
            empty={
              <EmptyState icon={IconUsers} title={t(($) => $.contacts.empty.title)}>
                {t(($) => $.contacts.empty.next)}
              </EmptyState>
            }
          />
        </Sheet>
        {contactId === undefined ? (
          <Sheet className={classes.empty}>
            <EmptyState icon={IconAddressBook} title={t(($) => $.contacts.choose.title)}>
              {t(($) => $.contacts.choose.next)}
            </EmptyState>
          </Sheet>
        ) : (
          <ContactCard key={contactId} organisationId={organisationId} contactId={contactId} search={search} />
        )}
      </div>
    </>
  );
}

function useColumns(organisationId: string, search: string, contactId: string | undefined): Column<ContactRow>[] {
  const { t } = useTranslation();
  const suffix = search === '' ? '' : `?${new URLSearchParams({ q: search }).toString()}`;
  return [
    {
      key: 'person',
      header: t(($) => $.contacts.person),
      render: (row) => (
        <Person name={row.displayName} id={row.id} line={row.jobTitle ?? row.email}>
          <AppLink
            to={`${paths.contact(organisationId, row.id)}${suffix}`}
            className={classes.person}
            keepScroll
            {...(row.id === contactId ? { 'aria-current': 'true' as const } : {})}
          >
            {row.displayName}
          </AppLink>
        </Person>
      ),
    },
    { key: 'department', header: t(($) => $.contacts.department), render: (row) => row.department, optional: true },
    {
      key: 'phone',
      header: t(($) => $.contacts.phone),
      align: 'number',
      render: (row) =>
        row.phone === null ? null : (
          <a className={classes.phone} href={`tel:${row.phone.replace(/[^+\d]/g, '')}`}>
            {row.phone}
          </a>
        ),
    },
  ];
}
