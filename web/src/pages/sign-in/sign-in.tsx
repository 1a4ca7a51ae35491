// Signing in with e-mail and password; in the demo by one click.
import { Anchor, Button, PasswordInput, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { getServerInfo, signIn } from '../../../../src/contract/api-session.ts';
import { isApiError } from '../../api/api-error.ts';
import { routeQuery, useCall } from '../../api/queries.ts';
import { sessionQuery } from '../../api/session.ts';
import { speak } from '../../language.ts';
import { paths } from '../../paths.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Person } from '../../ui/person.tsx';
import { Say } from '../../ui/say.tsx';
import { ScreenReader } from '../../ui/screen-reader.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Tag } from '../../ui/tag.tsx';
import { PublicPage } from './public-page.tsx';
import classes from './sign-in.module.css';

export function SignIn() {
  const { t } = useTranslation();
  const server = useQuery(routeQuery(getServerInfo, {}));
  const enter = useEnter();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [isTried, setIsTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (email.trim() !== '' && password !== '') enter.mutate({ body: { email: email.trim(), password } });
  };
  const demo = server.data?.demo ?? null;
  // From a page that takes signing in, or because the session has ended.
  const isSentHere = useReturn() !== '';
  const isUnreachable = isApiError(server.error, 'unreachable') && !enter.isError;
  return (
    <PublicPage title={t(($) => $.signIn.title)}>
      {isSentHere && !enter.isError && (
        <Say tone="info" title={t(($) => $.errors.not_signed_in.title)}>
          {t(($) => $.errors.not_signed_in.next)}
        </Say>
      )}
      {isUnreachable && <ErrorState error={server.error} onRetry={() => void server.refetch()} />}
      {demo !== null && (
        <Sheet title={t(($) => $.signIn.demo.title)} lead={t(($) => $.signIn.demo.lead)}>
          <ul className={classes.demo}>
            {demo.accounts.map((account) => (
              <li key={account.email}>
                <button
                  type="button"
                  className={classes.choice}
                  disabled={enter.isPending}
                  onClick={() => enter.mutate({ body: { email: account.email, password: demo.password } })}
                >
                  <ScreenReader>{t(($) => $.signIn.demo.signInAs)} </ScreenReader>
                  <Person name={account.name} line={account.email} />
                  <Tag tone={account.role === 'administrator' ? 'fjord' : 'plain'}>
                    {t(($) => $.signIn.demo[account.role])}
                  </Tag>
                </button>
              </li>
            ))}
          </ul>
          <p className={classes.lead}>
            <Anchor href={demo.directoryUrl} target="_blank" rel="noreferrer" size="sm">
              {t(($) => $.signIn.demo.directory)}
            </Anchor>
          </p>
        </Sheet>
      )}
      <Sheet>
        <h1>{t(($) => $.signIn.title)}</h1>
        <p className={classes.lead}>{t(($) => $.signIn.lead)}</p>
        <form className={classes.form} onSubmit={submit} noValidate>
          {enter.isError && <ErrorState error={enter.error} />}
          <TextInput
            label={t(($) => $.signIn.email)}
            type="email"
            autoComplete="username"
            maxLength={254}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={isTried && email.trim() === '' ? t(($) => $.signIn.emailMissing) : null}
          />
          <PasswordInput
            label={t(($) => $.signIn.password)}
            autoComplete="current-password"
            maxLength={256}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={isTried && password === '' ? t(($) => $.signIn.passwordMissing) : null}
            visibilityToggleButtonProps={{ 'aria-label': t(($) => $.signIn.showPassword) }}
          />
          <Button type="submit" fullWidth loading={enter.isPending}>
            {t(($) => $.signIn.submit)}
          </Button>
          <p className={classes.hint}>{t(($) => $.signIn.noPassword)}</p>
        </form>
      </Sheet>
    </PublicPage>
  );
}

/** Signs in, speaks the account's language and goes to where one wanted to be. */
function useEnter() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const wanted = useReturn();
  return useCall(signIn, {
    refreshes: [],
    onSuccess: async (session) => {
      queryClient.setQueryData(sessionQuery.queryKey, session);
      if (session.account.language !== null) await speak(session.account.language);
      // Only an address of this app: a foreign one would lead away after signing in.
      const isOwn = wanted.startsWith('/') && !wanted.startsWith('//') && !wanted.includes('\\');
      await navigate({ href: isOwn ? wanted : paths.home(), replace: true });
    },
  });
}

/** Where one wanted to be; empty for who came here by themselves. */
function useReturn(): string {
  const { return: wanted }: { return?: string } = useSearch({ strict: false });
  return wanted ?? '';
}
