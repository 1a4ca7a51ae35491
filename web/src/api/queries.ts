// TanStack Query over the contract: keys begin with the organisation, so that one organisation's data can be refreshed at once.
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
  type QueryClient,
  type UseMutationResult,
} from '@tanstack/react-query';
import { isApiError } from './api-error.ts';
import { usePasswordPrompt } from './password-prompt.ts';
import { addressOf, call, type Input, type Output } from './client.ts';
import type { Page } from '../../../src/contract/common.ts';
import type { Route } from '../../../src/contract/route.ts';

const ownKey = 'own';

/** `[organisation or 'own', route, address]`. */
export function routeKey<R extends Route>(route: R, input: Input<R>): [string, string, string] {
  return [organisationOf(input), route.path, addressOf(route, input)];
}

function organisationOf(input: { params?: unknown }): string {
  const { params } = input;
  if (typeof params !== 'object' || params === null || !('organisationId' in params)) return ownKey;
  return String(params.organisationId);
}

/** `useQuery(routeQuery(getContact, { params: { organisationId, id } }))`. */
export function routeQuery<R extends Route>(route: R, input: Input<R>) {
  return queryOptions<Output<R>>({
    queryKey: routeKey(route, input),
    queryFn: ({ signal }) => call(route, input, { signal }),
  });
}

export type RowOf<R extends Route> = Output<R> extends { items: (infer T)[] } ? T : never;

/** `useInfiniteQuery(routePages(listContacts, { params, query: { search } }))`: data is `{ rows, total, totalIsCapped }`. */
export function routePages<R extends Route>(route: R, input: Input<R>) {
  return infiniteQueryOptions({
    queryKey: [...routeKey(route, input), 'pages'],
    initialPageParam: null as string | null, // the first page has no cursor
    queryFn: async ({ pageParam, signal }): Promise<Page<RowOf<R>>> => {
      const query = { ...input.query, ...(pageParam === null ? {} : { after: pageParam }) };
      const page = await call(route, { ...input, query }, { signal });
      return page as unknown as Page<RowOf<R>>; // only routes whose response is pageOf(…) have rows
    },
    getNextPageParam: (last) => last.next,
    select: (data) => ({
      rows: data.pages.flatMap((page) => page.items),
      total: data.pages[0]?.total ?? 0,
      totalIsCapped: data.pages[0]?.totalIsCapped ?? false,
    }),
    placeholderData: (before) => before,
  });
}

interface CallOptions<R extends Route> {
  /** Routes whose answers are read anew afterwards; without it, everything of the organisation. */
  refreshes?: readonly Route[];
  onSuccess?: (output: Output<R>, input: Input<R>) => void | Promise<void>;
}

/** A write as a mutation: afterwards, what is shown of the organisation is read anew. */
export function useCall<R extends Route>(
  route: R,
  { refreshes, onSuccess }: CallOptions<R> = {},
): UseMutationResult<Output<R>, Error, Input<R>> {
  const queryClient = useQueryClient();
  const promptForPassword = usePasswordPrompt();
  return useMutation({
    mutationFn: async (input: Input<R>) => {
      try {
        return await call(route, input);
      } catch (error) {
        if (!isApiError(error, 'password_needed') || !(await promptForPassword())) throw error;
        return call(route, input);
      }
    },
    onSuccess: async (output, input) => {
      await onSuccess?.(output, input);
      await refresh(queryClient, organisationOf(input), refreshes);
    },
  });
}

/** Marks what is known of an organisation as old; what is on screen is read anew at once. */
export async function refresh(
  queryClient: QueryClient,
  organisationId: string,
  routes?: readonly Route[],
): Promise<void> {
  if (routes === undefined) return queryClient.invalidateQueries({ queryKey: [organisationId] });
  await Promise.all(routes.map((route) => queryClient.invalidateQueries({ queryKey: [organisationId, route.path] })));
}
