// The tenant itself: its name, its verified domains and its country.
import { asArray, asId, asObject, Malformed, parseJson, readText } from './parse.ts';

export interface TenantInfo {
  id: string;
  name: string;
  /** Verified ones, the default first. */
  domains: string[];
  /** ISO 3166, when the tenant says one. */
  country: string | null;
  /** Whom the tenant has named for technical matters. Empty also when Microsoft does not say them with our permissions. */
  technicalMails: string[];
}

const domainsMax = 1000;
const technicalMailsMax = 20;

export function parseOrganisation(text: string): TenantInfo {
  const [first] = asArray(asObject(parseJson(text))['value']);
  const tenant = asObject(first);
  const id = asId(tenant['id']);
  const domains = asArray(tenant['verifiedDomains'] ?? [])
    .slice(0, domainsMax)
    .map(asObject)
    .flatMap((domain) => {
      const name = readText(domain['name']);
      return name ? [{ name: name.toLowerCase(), isDefault: domain['isDefault'] === true }] : [];
    })
    .toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault))
    .map((domain) => domain.name);
  const name = readText(tenant['displayName']) ?? domains[0];
  if (name === undefined) throw new Malformed('a tenant without name and domain');
  const country = readText(tenant['countryLetterCode']);
  const mails = tenant['technicalNotificationMails'];
  return {
    id,
    name,
    domains,
    country: country && /^[A-Z]{2}$/i.test(country) ? country.toUpperCase() : null,
    technicalMails: (Array.isArray(mails) ? mails.slice(0, technicalMailsMax) : []).flatMap(
      (mail) => readText(mail) ?? [],
    ),
  };
}
