// The paths of the login host, `/{tenant}/…`.
import { page, redirect } from '../http.ts';
import type { Answer, Asked } from '../http.ts';
import { answerAuthorize, answerLogin, entraErrorPage } from './authorize.ts';
import { answerConsent, answerConsentDecision } from './consent.ts';
import { discoveryDocument, signingKeys } from './discovery.ts';
import type { LoginContext } from './discovery.ts';
import { EntraError } from './entra-error.ts';
import { instanceDiscovery } from './instances.ts';
import { answerToken } from './tokens.ts';

/** The answer, or undefined when the path is none of the login host's. */
export async function answerLoginHost(context: LoginContext, asked: Asked): Promise<Answer | undefined> {
  const [, segment = '', ...rest] = pathOf(asked).split('/');
  const path = rest.join('/').toLowerCase();
  const correlationId = asked.headers['client-request-id'];
  try {
    switch (path) {
      case 'v2.0/.well-known/openid-configuration':
        return discoveryDocument(context, segment, correlationId);
      case 'discovery/v2.0/keys':
        return signingKeys(context, segment, correlationId);
      case 'oauth2/v2.0/token':
        return await answerToken(context, segment, asked);
      case 'oauth2/v2.0/authorize':
        return answerAuthorize(context, segment, asked);
      case 'v2.0/adminconsent':
        return answerConsent(context, segment, asked, 2);
      case 'adminconsent':
        return answerConsent(context, segment, asked, 1);
      case 'login':
        return asked.method === 'POST' ? answerLogin(context, segment, asked) : undefined;
      case 'consent':
        return asked.method === 'POST' ? answerConsentDecision(context, segment, asked) : undefined;
      case 'oauth2/v2.0/logout':
        return answerLogout(context, asked);
      case 'discovery/instance':
        return instanceDiscovery(context, asked.url.searchParams.get('authorization_endpoint'), correlationId);
      default:
        return undefined;
    }
  } catch (error) {
    if (error instanceof EntraError) return entraErrorPage(context, error);
    throw error;
  }
}

function pathOf(asked: Asked): string {
  try {
    return decodeURIComponent(asked.url.pathname);
  } catch {
    return ''; // not well-formed: no path of the login host
  }
}

/** Only an address that some application registered is returned to: the emulator is no open redirector. */
function answerLogout(context: LoginContext, asked: Asked): Answer {
  const to = asked.url.searchParams.get('post_logout_redirect_uri');
  const known =
    to !== null &&
    [...context.store.apps.values()].some((app) =>
      app.redirectUris.some((address) => new URL(address).origin === URL.parse(to)?.origin),
    );
  return known && to !== null
    ? redirect(to)
    : page(200, '<!doctype html><title>Signed out</title><p>You signed out of your account.</p>');
}
