// Whether an address belongs to somebody who wants to be told: Graph sends it a token, and it must come back as plain text.
import { randomUUID } from 'node:crypto';
import { GraphError } from '../graph/graph-error.ts';
import { post } from './receiver.ts';

/** Throws the 400 that the client gets when an address does not answer as it must. */
export async function shakeHands(urls: readonly string[], withinMs: number): Promise<void> {
  await Promise.all(urls.map((url) => shakeHand(url, withinMs)));
}

async function shakeHand(address: string, withinMs: number): Promise<void> {
  // Spaces and colons are in it, so that a receiver that forgets to decode it fails here as it would there.
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()}`;
  const url = new URL(address);
  url.searchParams.append('validationToken', token);
  const answer = await post(url.href, { contentType: 'text/plain; charset=utf-8', body: '', withinMs });
  if ('failure' in answer)
    throw answer.failure === 'timeout'
      ? refused('Subscription validation request timed out.')
      : refused('Subscription validation request failed. The notification endpoint cannot be reached.');
  if (answer.status !== 200)
    throw refused(
      `Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request, and not ${answer.status}.`,
    );
  if (!/^text\/plain\s*(;|$)/i.test(answer.contentType))
    throw refused('Subscription validation request failed. The answer must have the content type text/plain.');
  if (answer.text !== token)
    throw refused('Subscription validation request failed. The answer must be the decoded validation token alone.');
}

const refused = (message: string): GraphError => new GraphError(400, 'InvalidRequest', message);
