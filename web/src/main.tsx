// The entry of the web app: language, theme, cache and router around the pages.
import './trusted-types.ts';
import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './ui/tokens.css';
import './ui/mantine.css';
import './ui/global.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { createQueryClient } from './api/query-client.ts';
import { i18n, startLanguage } from './language.ts';
import { PasswordPrompt } from './pages/shell/password-prompt.tsx';
import { paths } from './paths.ts';
import { createAppRouter } from './routes.tsx';
import { styleNonce } from './trusted-types.ts';
import { cssVariables, theme } from './ui/theme.ts';

const queryClient = createQueryClient(() => {
  const { pathname, href } = router.state.location;
  if (pathname === paths.signIn()) return;
  queryClient.clear();
  void router.navigate({ to: paths.signIn(), search: { return: href } });
});
const router = createAppRouter(queryClient);

function App() {
  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        getStyleNonce={() => styleNonce ?? ''}
        deduplicateInlineStyles
      >
        <QueryClientProvider client={queryClient}>
          <Notifications position="bottom-right" autoClose={6000} />
          <PasswordPrompt>
            <RouterProvider router={router} />
          </PasswordPrompt>
        </QueryClientProvider>
      </MantineProvider>
    </I18nextProvider>
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
await startLanguage();
createRoot(root).render(<App />);
