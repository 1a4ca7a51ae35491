// Choosing a password by a link from an administrator; the token stands behind # and reaches the server in the body only.
import { Button, PasswordInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { usePasswordLink as passwordLinkRoute } from '../../../../src/contract/api-session.ts';
import { useCall } from '../../api/queries.ts';
import { paths } from '../../paths.ts';
import { LinkButton } from '../../ui/app-link.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Say } from '../../ui/say.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { PublicPage } from './public-page.tsx';
import classes from './sign-in.module.css';

const passwordLengthMin = 12;

export function ChoosePassword() {
  const { t } = useTranslation();
  const [token] = useState(() => window.location.hash.slice(1));
  const save = useCall(passwordLinkRoute, { refreshes: [] });
  const title = t(($) => $.signIn.choose.title);
  if (token === '') {
    return (
      <PublicPage title={title}>
        <Say tone="bad" isPage title={t(($) => $.signIn.choose.noToken.title)}>
          {t(($) => $.signIn.choose.noToken.next)}
        </Say>
      </PublicPage>
    );
  }
  if (save.isSuccess) {
    return (
      <PublicPage title={title}>
        <Say
          tone="ok"
          live
          isPage
          title={t(($) => $.signIn.choose.done.title)}
          action={<LinkButton to={paths.signIn()}>{t(($) => $.signIn.choose.done.button)}</LinkButton>}
        >
          {t(($) => $.signIn.choose.done.next)}
        </Say>
      </PublicPage>
    );
  }
  return (
    <PublicPage title={title}>
      <Sheet>
        <h1>{title}</h1>
        <p className={classes.lead}>{t(($) => $.signIn.choose.lead)}</p>
        <PasswordForm
          error={save.error}
          busy={save.isPending}
          onChoose={(password) => save.mutate({ body: { token, password } })}
        />
      </Sheet>
    </PublicPage>
  );
}

function PasswordForm({
  error,
  busy,
  onChoose,
}: {
  error: unknown;
  busy: boolean;
  onChoose: (password: string) => void;
}) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [isTried, setIsTried] = useState(false);
  const isShort = password.length < passwordLengthMin;
  const isDifferent = password !== repeated;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (!isShort && !isDifferent) onChoose(password);
  };
  const toggle = { 'aria-label': t(($) => $.signIn.showPassword) };
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      {error !== null && <ErrorState error={error} />}
      <PasswordInput
        label={t(($) => $.signIn.choose.password)}
        description={t(($) => $.signIn.choose.hint)}
        autoComplete="new-password"
        maxLength={256}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        error={isTried && isShort ? t(($) => $.signIn.choose.tooShort) : null}
        visibilityToggleButtonProps={toggle}
      />
      <PasswordInput
        label={t(($) => $.signIn.choose.repeat)}
        autoComplete="new-password"
        maxLength={256}
        value={repeated}
        onChange={(event) => setRepeated(event.currentTarget.value)}
        error={isTried && !isShort && isDifferent ? t(($) => $.signIn.choose.different) : null}
        visibilityToggleButtonProps={toggle}
      />
      <Button type="submit" fullWidth loading={busy}>
        {t(($) => $.signIn.choose.submit)}
      </Button>
    </form>
  );
}
