// What a delta link answers when it can no longer be used. All five are attested; which one today's service gives is not.
import type { DeadLinkAnswer } from '../model.ts';
import { GraphError, unsupported } from './graph-error.ts';

/** `restart` is the address with an empty `$deltatoken` that starts anew. */
export function deadLinkError(answer: DeadLinkAnswer, restart: string): GraphError {
  switch (answer) {
    case 'unsupportedQuery':
      return unsupported('DeltaLink older than 30 days is not supported.');
    case 'syncStateNotFound':
      return new GraphError(
        400,
        'syncStateNotFound',
        'The sync state generation is not found. The delta token is expired and data must be synchronized again.',
      );
    case 'resyncRequired':
      return new GraphError(
        410,
        'resyncRequired',
        "Resync required. Replace any local items with the server's version.",
        { inner: { code: 'resyncApplyDifferences' } },
      );
    case 'notFound':
      return new GraphError(404, 'syncStateNotFound', 'The sync state generation is not found.');
    case 'gone':
      return new GraphError(
        410,
        'syncStateNotFound',
        'The sync state has been reset; a full synchronization is needed.',
        { headers: { Location: restart } },
      );
    default:
      // A journal or a call without types may say anything.
      return unsupported('DeltaLink older than 30 days is not supported.');
  }
}
