// Who asks: by the token that Graph is given, or by the address and the fields that the login host is given.
import type { Asked } from '../http.ts';
import { form } from '../http.ts';
import type { Keys } from '../keys.ts';
import type { AccessToken } from '../login/tokens.ts';
import type { Store } from '../store.ts';
import type { Who } from './match.ts';
import { isGraph } from './scene.ts';

export function whoAsks({ store, keys }: { store: Store; keys: Keys }, asked: Asked): Who {
  const { tenant, clientId } = isGraph(asked.url.pathname) ? byToken(keys, asked) : byAddress(asked);
  const known = tenant === undefined ? undefined : store.findTenant(tenant);
  return { clientId, tenantNames: known === undefined ? [] : [known.id, ...known.domains] };
}

interface Named {
  tenant: string | undefined;
  clientId: string | undefined;
}

function byToken(keys: Keys, asked: Asked): Named {
  const sealed = /^Bearer\s+(\S+)$/i.exec(asked.headers['authorization'] ?? '')?.[1];
  const token = sealed === undefined ? null : (keys.unseal('access', sealed) as unknown as AccessToken | null); // sealed by us
  return { tenant: token?.tenantId, clientId: token?.clientId };
}

function byAddress(asked: Asked): Named {
  const basic = /^Basic (.+)$/i.exec(asked.headers['authorization'] ?? '')?.[1];
  const [id] = Buffer.from(basic ?? '', 'base64')
    .toString('utf8')
    .split(':');
  const field = asked.url.searchParams.get('client_id') ?? form(asked).get('client_id');
  return { tenant: asked.url.pathname.split('/')[1], clientId: field ?? (id === '' ? undefined : id) };
}
