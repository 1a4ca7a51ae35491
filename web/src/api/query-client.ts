// The cache of answers. A call that says "not signed in" leads to the sign-in page, with the way back.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isApiError } from './api-error.ts';

const staleAfterMilliseconds = 15_000;

export function createQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown): void => {
    if (isApiError(error, 'not_signed_in')) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: staleAfterMilliseconds,
        // An answer with a code is final; only silence is worth asking again.
        retry: (failures, error) => isApiError(error, 'unreachable') && failures < 2,
        retryDelay: (failures) => 500 * 2 ** failures,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}
