// The OIDC endpoint that tells who a token is of. It stands on the Graph host, outside of a version.
// https://learn.microsoft.com/entra/identity-platform/userinfo
import type { Answer } from '../http.ts';
import { pairwiseSubject } from '../login/tokens.ts';
import type { Props } from '../model.ts';
import { errorAnswer, openEnvelope } from './envelope.ts';
import { denied, GraphError } from './graph-error.ts';
import { identify } from './permissions.ts';
import type { GraphContext } from './request.ts';

export function answerUserInfo(
  graph: GraphContext,
  asked: { method: string; headers: Record<string, string> },
): Answer {
  const envelope = openEnvelope(asked.headers);
  try {
    if (asked.method !== 'GET' && asked.method !== 'POST')
      throw new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');
    const caller = identify(graph.store, graph.keys, asked.headers['authorization']);
    const user = caller.tenant.users.get(caller.userId ?? '');
    if (user === undefined || user.deletedAt !== null || !caller.scopes.has('openid')) throw denied();
    const { displayName, givenName, surname, mail } = user.props;
    const told = { name: displayName, family_name: surname, given_name: givenName, email: mail };
    const body: Props = {
      sub: pairwiseSubject(caller.tenant.id, user.id, caller.clientId),
      picture: `${graph.publicUrl}/v1.0/me/photo/$value`,
    };
    // What is not known is left out.
    for (const [name, value] of Object.entries(told)) if (typeof value === 'string') body[name] = value;
    return { status: 200, headers: envelope.headers, body };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    return errorAnswer(error, envelope, graph.store.now());
  }
}
