// "Bekräfta att det är du": the password once more, before something that a session which somebody else has taken must not do. What was
// being done goes on by itself afterwards.
import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { confirmPassword } from '../../../../src/contract/api-session.ts';
import { isApiError } from '../../api/api-error.ts';
import { PasswordPromptContext } from '../../api/password-prompt.ts';
import { useCall } from '../../api/queries.ts';
import { sessionQuery } from '../../api/session.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';

interface Asked {
  answer: (isGiven: boolean) => void;
}

export function PasswordPrompt({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const prompt = useCallback(
    () =>
      new Promise<boolean>((resolve) => {
        setAsked({
          answer: (isGiven) => {
            setAsked(null);
            resolve(isGiven);
          },
        });
      }),
    [],
  );
  return (
    <PasswordPromptContext value={prompt}>
      {children}
      {asked !== null && <PasswordDialog {...asked} />}
    </PasswordPromptContext>
  );
}

function PasswordDialog({ answer }: Asked) {
  const { t } = useTranslation();
  const email = useQuery(sessionQuery).data?.account.email ?? '';
  const [password, setPassword] = useState('');
  const [isTried, setTried] = useState(false);
  const confirm = useCall(confirmPassword, { refreshes: [], onSuccess: () => answer(true) });
  const isWrong = isApiError(confirm.error, 'wrong_credentials');
  const isMissing = isTried && password === '';
  const problem = isMissing ? t(($) => $.signIn.passwordMissing) : isWrong ? t(($) => $.signIn.confirm.wrong) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (password !== '') confirm.mutate({ body: { password } });
  };
  return (
    <Dialog opened onClose={() => answer(false)} title={t(($) => $.signIn.confirm.title)}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <div>{t(($) => $.signIn.confirm.text)}</div>
          <Text size="sm" c="dimmed">
            {t(($) => $.signIn.confirm.account, { email })}
          </Text>
          {/* For programs that keep passwords. */}
          <input type="text" autoComplete="username" value={email} readOnly hidden />
          <PasswordInput
            label={t(($) => $.signIn.confirm.password)}
            data-autofocus
            autoComplete="current-password"
            maxLength={256}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={problem}
            visibilityToggleButtonProps={{ 'aria-label': t(($) => $.signIn.showPassword) }}
          />
          {confirm.isError && !isWrong && <ErrorState error={confirm.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => answer(false)}>
              {t(($) => $.shell.action.cancel)}
            </Button>
            <Button type="submit" loading={confirm.isPending}>
              {t(($) => $.signIn.confirm.submit)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
