// Exceptions of one app user: which coupled fields do not follow Entra, who is responsible, why and until when; made and ended here.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { endException } from '../../../../src/contract/api-exceptions.ts';
import type { AppUser } from '../../../../src/contract/api-people.ts';
import { useCall } from '../../api/queries.ts';
import { useFieldLabel } from '../../forms/field-labels.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useFormat } from '../../ui/format.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { tell } from '../../ui/told.ts';
import { ExceptionDialog } from './exception-dialog.tsx';
import classes from './people.module.css';

type Exception = AppUser['exceptions'][number];

export function UserExceptions({ organisationId, user }: { organisationId: string; user: AppUser }) {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId);
  const [isAdding, setIsAdding] = useState(false);
  const [ending, setEnding] = useState<Exception | null>(null);
  const end = useCall(endException, {
    onSuccess: () => {
      setEnding(null);
      tell(t(($) => $.people.user.exceptions.ended));
    },
  });
  const { exceptions, coupledFields } = user;
  const free = coupledFields.filter((field) => !exceptions.some((one) => one.field === field));
  // Nothing follows Entra, so there is nothing to except.
  if (exceptions.length === 0 && coupledFields.length === 0) return null;
  return (
    <Sheet title={t(($) => $.people.user.exceptions.title)} lead={t(($) => $.people.user.exceptions.lead)}>
      {exceptions.length === 0 ? (
        <p className={classes.small}>{t(($) => $.people.user.exceptions.none)}</p>
      ) : (
        <ul className={classes.exceptions} aria-label={t(($) => $.people.user.exceptions.list)}>
          {exceptions.map((one) => (
            <li key={one.field}>
              <div>
                <strong>{label(one.field)}</strong>
                <p>{one.reason}</p>
                <p className={classes.small}>
                  {one.owner.displayName} · <Until exception={one} />
                </p>
              </div>
              <Button
                variant="default"
                size="xs"
                aria-label={t(($) => $.people.user.exceptions.endLabel, { field: label(one.field) })}
                onClick={() => setEnding(one)}
              >
                {t(($) => $.people.user.exceptions.end)}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {free.length > 0 && (
        <Button variant="default" size="xs" className={classes.after ?? ''} onClick={() => setIsAdding(true)}>
          {t(($) => $.people.user.exceptions.add)}
        </Button>
      )}
      {isAdding && (
        <ExceptionDialog organisationId={organisationId} user={user} fields={free} onClose={() => setIsAdding(false)} />
      )}
      {ending !== null && (
        <ConfirmDialog
          opened
          onClose={() => setEnding(null)}
          title={t(($) => $.people.user.exceptions.endTitle, { field: label(ending.field) })}
          confirm={t(($) => $.people.user.exceptions.end)}
          onConfirm={() => end.mutate({ params: { organisationId, id: user.id }, body: { field: ending.field } })}
          undo={t(($) => $.people.user.exceptions.endUndo)}
          busy={end.isPending}
          error={end.error}
        >
          <p className={classes.small}>{t(($) => $.people.user.exceptions.endText)}</p>
        </ConfirmDialog>
      )}
    </Sheet>
  );
}

function Until({ exception: { until } }: { exception: Exception }) {
  const { t } = useTranslation();
  const { date } = useFormat();
  if (until === null) return t(($) => $.people.user.exceptions.always);
  // Noon is on the same day in every zone that people live in.
  return t(($) => $.people.user.exceptions.to, { date: date(`${until}T12:00:00Z`) });
}
