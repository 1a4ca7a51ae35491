// The contact card (kontaktkort): everything that is known of a person, ways to reach them, and where it comes from.
import { Button, CloseButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { IconMail, IconPhone, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { getContact, type ContactCard as Card } from '../../../../src/contract/api-people.ts';
import type { AppField } from '../../../../src/contract/settings.ts';
import { routeQuery } from '../../api/queries.ts';
import { paths } from '../../paths.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Facts } from '../../ui/facts.tsx';
import { useFormat } from '../../ui/format.ts';
import { iconProps } from '../../ui/icon.ts';
import { Loading } from '../../ui/loading.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Person } from '../../ui/person.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Tag } from '../../ui/tag.tsx';
import classes from './contacts.module.css';

/** The order on the card: how to reach somebody first. Title and department stand under the name. */
const order: readonly AppField[] = [
  'mobile', 'phone', 'email', 'jobTitle', 'department', 'company', 'office', 'manager', 'street', 'postalCode', 'city', 'country',
  'employeeId', 'preferredLanguage', 'displayName', 'firstName', 'lastName',
]; // prettier-ignore

interface ContactCardProps {
  organisationId: string;
  contactId: string;
  search: string;
}

export function ContactCard({ organisationId, contactId, search }: ContactCardProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const card = useQuery(routeQuery(getContact, { params: { organisationId, id: contactId } }));
  const close = () => navigate({ to: paths.contacts(organisationId), search: { q: search }, resetScroll: false });
  return (
    <aside
      className={classes.card}
      {...(card.data === undefined ? {} : { 'aria-label': t(($) => $.contacts.card, { name: card.data.displayName }) })}
    >
      <Sheet>
        <div className={classes.cardHead}>
          {card.data === undefined ? <span /> : <Head card={card.data} />}
          <CloseButton aria-label={t(($) => $.contacts.closeCard)} onClick={() => void close()} />
        </div>
        {card.isPending && <Loading />}
        {card.isError && <ErrorState error={card.error} onRetry={() => void card.refetch()} />}
        {card.data !== undefined && <Body card={card.data} />}
      </Sheet>
    </aside>
  );
}

function Head({ card: { id, displayName, fields } }: { card: Card }) {
  const line = [fields.jobTitle, fields.department].filter((part) => part !== undefined).join(' · ');
  return (
    <Person large name={displayName} id={id} line={line}>
      <h2>{displayName}</h2>
    </Person>
  );
}

function Body({ card }: { card: Card }) {
  const { t } = useTranslation();
  const { list } = useFormat();
  const { fields } = card;
  const number = fields.mobile ?? fields.phone;
  const values: (readonly [string, ReactNode])[] = order.map((field) => [
    t(($) => $.people.field[field]),
    linked(field, fields[field]),
  ]);
  const custom = card.customFields.map(({ label, value }) => [label, value] as const);
  return (
    <>
      {(number !== undefined || fields.email !== undefined) && (
        <div className={classes.do}>
          {number !== undefined && (
            <Button component="a" href={telephone(number)} size="xs" leftSection={<IconPhone {...iconProps} />}>
              {t(($) => $.contacts.call)}
            </Button>
          )}
          {fields.email !== undefined && (
            <Button
              component="a"
              href={`mailto:${fields.email}`}
              size="xs"
              variant={number === undefined ? 'filled' : 'default'}
              leftSection={<IconMail {...iconProps} />}
            >
              {t(($) => $.contacts.mail)}
            </Button>
          )}
        </div>
      )}
      <Facts
        items={[...values, ...custom, [t(($) => $.contacts.teams), card.teams.length === 0 ? null : list(card.teams)]]}
      />
      {card.entra !== null && (
        <p className={classes.entra}>
          <Tag tone="fjord" icon={<IconRefresh size={13} stroke={1.8} aria-hidden />}>
            {t(($) => $.contacts.fromEntra)}
          </Tag>
          <Synced at={card.entra.syncedAt} />
        </p>
      )}
    </>
  );
}

function Synced({ at }: { at: string | null }) {
  const { t } = useTranslation();
  if (at === null) return <span>{t(($) => $.contacts.notYetSynced)}</span>;
  return (
    <span>
      {t(($) => $.contacts.lastSynced)} <Moment at={at} />
    </span>
  );
}

function linked(field: AppField, value: string | undefined): ReactNode {
  if (value === undefined) return null;
  if (field === 'email') return <a href={`mailto:${value}`}>{value}</a>;
  if (field === 'mobile' || field === 'phone') return <a href={telephone(value)}>{value}</a>;
  return value;
}

/** An extension ("anknytning 204") is dialled after a pause. */
function telephone(value: string): string {
  const [main = '', extension] = value.split(/(?:anknytning|ankn\.?|ext\.?|x)\s*/i, 2);
  const digits = main.replace(/[^+\d]/g, '');
  return extension === undefined ? `tel:${digits}` : `tel:${digits},${extension.replace(/\D/g, '')}`;
}
