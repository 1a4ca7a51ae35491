// A list as a file: the server makes it, and the browser saves it under the name that the server gives.
import { useMutation } from '@tanstack/react-query';
import type { Route } from '../../../src/contract/route.ts';
import { ApiError, isApiError, readApiError } from './api-error.ts';
import { send, type Input, type LooseInput } from './client.ts';
import { usePasswordPrompt } from './password-prompt.ts';

/** `const file = useDownload(exportHeldRows); file.mutate({ params, query, body: { format, language } })`. */
export function useDownload<R extends Route>(route: R) {
  const promptForPassword = usePasswordPrompt();
  return useMutation<void, Error, Input<R>>({
    mutationFn: async (input) => {
      try {
        await download(route, input);
      } catch (error) {
        if (!isApiError(error, 'password_needed') || !(await promptForPassword())) throw error;
        await download(route, input);
      }
    },
  });
}

async function download(route: Route, input: LooseInput): Promise<void> {
  const response = await send(route, input);
  if (!response.ok) throw await readApiError(response);
  // A server that fails under way cuts the answer: half a file is none (F58).
  const file = await response.blob().catch(() => {
    throw new ApiError('unreachable', 0);
  });
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = nameOf(response);
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(address), keptMilliseconds);
}

const keptMilliseconds = 60_000;

/** RFC 6266: `filename*` is the name in words. */
function nameOf(response: Response): string {
  const given = response.headers.get('content-disposition') ?? '';
  const [, encoded] = /filename\*=UTF-8''([^;]+)/.exec(given) ?? [];
  return encoded === undefined ? '' : decodeURIComponent(encoded);
}
