// Licences: what a person has, and what the tenant has bought and how much of it is used.
// https://learn.microsoft.com/graph/api/user-list-licensedetails · https://learn.microsoft.com/graph/api/subscribedsku-list
import { guidFrom } from '../keys.ts';
import type { DirectoryUser, Json, Props, Tenant } from '../model.ts';
import { LICENCE_E3, LICENCE_F3 } from '../seed/synthetic.ts';
import { text } from '../tenant.ts';
import { notFound } from './graph-error.ts';
import { answerEntity, answerList } from './plain-list.ts';
import type { GraphContext, GraphRequest } from './request.ts';

interface Product {
  skuPartNumber: string;
  bought: number;
  /** Name and id of each service in it. */
  plans: [string, string][];
}

const EXCHANGE: [string, string] = ['EXCHANGE_S_ENTERPRISE', 'efb87545-963c-4e0d-99df-69c6916d9eb0'];
const EXCHANGE_SMALL: [string, string] = ['EXCHANGE_S_DESKLESS', '4a82b400-a79f-41a4-b4e2-e94f5787b113'];
const TEAMS: [string, string] = ['TEAMS1', '57ff2da0-773e-42df-b2af-ffb7a2317929'];
const SHAREPOINT: [string, string] = ['SHAREPOINTENTERPRISE', '5dbe027f-2339-4123-9542-606e4d348a72'];

const PRODUCTS: Record<string, Product> = {
  [LICENCE_E3]: { skuPartNumber: 'SPE_E3', bought: 300, plans: [EXCHANGE, TEAMS, SHAREPOINT] },
  [LICENCE_F3]: { skuPartNumber: 'SPE_F1', bought: 100, plans: [EXCHANGE_SMALL, TEAMS] },
};

/** Ids of the licences that a user has. */
function skusOf(user: DirectoryUser): string[] {
  const { assignedLicenses } = user.props;
  return (Array.isArray(assignedLicenses) ? assignedLicenses : []).flatMap((one) =>
    typeof one === 'object' && one !== null && !Array.isArray(one) ? [text(one['skuId']).toLowerCase()] : [],
  );
}

export function licenceDetails(graph: GraphContext, request: GraphRequest, user: DirectoryUser): Json {
  const items = skusOf(user).flatMap((skuId): Props[] => {
    const product = PRODUCTS[skuId];
    if (product === undefined) return [];
    const id = Buffer.from(guidFrom(`licence ${user.id} ${skuId}`))
      .toString('base64url')
      .slice(0, 43);
    return [{ id, skuId, skuPartNumber: product.skuPartNumber, servicePlans: plansOf(product) }];
  });
  return answerList(graph, request, `users('${user.id}')/licenseDetails`, items);
}

export function subscribedSkus(graph: GraphContext, request: GraphRequest, key: string): Json {
  const { tenant } = request.caller;
  const all = Object.entries(PRODUCTS).map(([skuId, product]) => bought(tenant, skuId, product));
  if (key === '') return answerList(graph, request, 'subscribedSkus', all);
  const one = all.find(({ id }) => id === key.toLowerCase());
  if (one === undefined) throw notFound(key);
  return answerEntity(graph, request, 'subscribedSkus/$entity', one);
}

function bought(tenant: Tenant, skuId: string, product: Product): Props {
  let used = 0;
  for (const user of tenant.users.values()) if (user.deletedAt === null && skusOf(user).includes(skuId)) used += 1;
  return {
    accountId: tenant.id,
    accountName: tenant.displayName,
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    consumedUnits: used,
    id: `${tenant.id}_${skuId}`,
    // A tenant has always bought what its people have.
    prepaidUnits: { enabled: Math.max(product.bought, used), lockedOut: 0, suspended: 0, warning: 0 },
    servicePlans: plansOf(product),
    skuId,
    skuPartNumber: product.skuPartNumber,
    subscriptionIds: [guidFrom(`subscription ${tenant.id} ${skuId}`)],
  };
}

const plansOf = (product: Product): Props[] =>
  product.plans.map(([servicePlanName, servicePlanId]) => ({
    servicePlanId,
    servicePlanName,
    provisioningStatus: 'Success',
    appliesTo: 'User',
  }));
