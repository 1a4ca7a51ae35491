// All fields of an app user. Those that follow Entra are locked and say why.
import { TextInput, Tooltip } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { longestOf } from '../../../src/contract/field-value.ts';
import type { AppUser } from '../../../src/contract/api-people.ts';
import type { AppField, TargetField } from '../../../src/contract/settings.ts';
import { isApiError } from '../api/api-error.ts';
import { useErrorWords } from '../ui/error-state.tsx';
import { useCustomFields, useFieldLabel } from './field-labels.ts';
import classes from './forms.module.css';
import type { UserDraft } from './user-draft.ts';

const groups: readonly (readonly AppField[])[] = [
  ['firstName', 'lastName', 'displayName', 'email'],
  ['mobile', 'phone', 'jobTitle', 'department', 'company', 'office', 'manager', 'employeeId'],
  ['street', 'postalCode', 'city', 'country', 'preferredLanguage'],
];
const kinds: Partial<Record<TargetField, 'email' | 'tel'>> = { email: 'email', mobile: 'tel', phone: 'tel' };

interface UserFieldsProps {
  organisationId: string;
  draft: UserDraft;
  onChange: (fields: UserDraft['fields']) => void;
  syncedFields?: readonly TargetField[];
  /** Coupled, and not followed: each says why. */
  exceptions?: AppUser['exceptions'];
  /** What the server said of the last attempt: marks the fields that it named. */
  error?: unknown;
  /** What the page itself found: by field. */
  problems?: Partial<Record<TargetField, string>>;
}

export function UserFields(props: UserFieldsProps) {
  const { t } = useTranslation();
  const { organisationId, syncedFields = [] } = props;
  const custom = useCustomFields(organisationId);
  return (
    <>
      {syncedFields.length > 0 && (
        <p className={classes.note}>
          <IconLock size={15} stroke={1.6} aria-hidden />
          {t(($) => $.people.user.syncedNote, { count: syncedFields.length })}
        </p>
      )}
      {groups.map((group) => (
        <div key={group.join()} className={`${classes.group} ${classes.grid}`}>
          {group.map((field) => (
            <Field key={field} field={field} {...props} />
          ))}
        </div>
      ))}
      {custom.length > 0 && (
        <section className={`${classes.group} ${classes.grid}`} aria-label={t(($) => $.people.user.customFields)}>
          {custom.map(({ key }) => (
            <Field key={key} field={key} {...props} />
          ))}
        </section>
      )}
    </>
  );
}

function Field({
  field,
  organisationId,
  draft,
  onChange,
  syncedFields = [],
  exceptions = [],
  error,
  problems = {},
}: UserFieldsProps & { field: TargetField }) {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId)(field);
  const refused = useRefusal(field, error);
  const isSynced = syncedFields.includes(field);
  const exception = exceptions.find((one) => one.field === field);
  return (
    <TextInput
      label={label}
      type={kinds[field] ?? 'text'}
      maxLength={longestOf(field)}
      autoComplete="off"
      value={draft.fields[field] ?? ''}
      onChange={(event) => onChange({ ...draft.fields, [field]: event.currentTarget.value })}
      error={problems[field] ?? refused}
      readOnly={isSynced}
      {...(exception !== undefined && {
        description: t(($) => $.people.user.exceptions.note, { reason: exception.reason }),
        inputWrapperOrder: ['label', 'input', 'description', 'error'],
      })}
      {...(isSynced
        ? {
            className: classes.locked ?? '',
            'aria-description': t(($) => $.people.user.synced),
            rightSection: (
              <Tooltip label={t(($) => $.people.user.synced)}>
                <span className={classes.lock}>
                  <IconLock size={15} stroke={1.6} aria-hidden />
                </span>
              </Tooltip>
            ),
          }
        : {})}
    />
  );
}

/** The words for a field that the server refused. */
function useRefusal(field: TargetField, error: unknown): string | null {
  const words = useErrorWords();
  if (!isApiError(error)) return null;
  const isEmailError = error.code === 'email_taken' || error.code === 'email_invalid';
  const isNamed = error.fields.some(({ path }) => path === field || path.endsWith(`.${field}`));
  return isNamed || (isEmailError && field === 'email') ? words(error).title : null;
}
