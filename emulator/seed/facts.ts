// What the demo's companies have bought and added beside their directory: extension members, with values for some people.
import { guidFrom } from '../keys.ts';
import type { ExtensionProperty, Props } from '../model.ts';
import type { Store } from '../store.ts';

interface Added {
  name: string;
  dataType: ExtensionProperty['dataType'];
}

interface Application {
  appId: string;
  displayName: string;
  synced: boolean;
  added: Added[];
}

/** The personnel system writes into the cloud. */
const PERSONNEL: Application = {
  appId: guidFrom('application personalsystem'),
  displayName: 'Personalsystem',
  synced: false,
  added: [
    { name: 'kostnadsstalle', dataType: 'String' },
    { name: 'befattningskod', dataType: 'String' },
    { name: 'jour', dataType: 'Boolean' },
    { name: 'passerkort', dataType: 'Integer' },
    { name: 'anstalldTill', dataType: 'DateTime' },
  ],
};
/** What comes from a directory on the premises is added in this application's name. */
const SYNCED: Application = {
  appId: guidFrom('application tenant schema extension'),
  displayName: 'Tenant Schema Extension App',
  synced: true,
  added: [{ name: 'division', dataType: 'String' }],
};

/** As it stands on the user: `extension_{application id without hyphens}_{name}`. */
export const extensionName = (name: string): string => {
  const { appId } = SYNCED.added.some((one) => one.name === name) ? SYNCED : PERSONNEL;
  return `extension_${appId.replaceAll('-', '')}_${name}`;
};

export function seedFacts(store: Store, tenantId: string, of: { premium: boolean }): void {
  const extensionProperties = [PERSONNEL, SYNCED].flatMap(({ appId, displayName, synced, added }) =>
    added.map(({ name, dataType }): ExtensionProperty => ({
      id: guidFrom(`extension ${tenantId} ${name}`),
      applicationId: guidFrom(`application ${tenantId} ${appId}`),
      appId,
      appDisplayName: displayName,
      name: extensionName(name),
      dataType,
      isMultiValued: false,
      isSyncedFromOnPremises: synced,
    })),
  );
  store.changeFacts(tenantId, { ...of, extensionProperties });
}

/** Every third employee has what the personnel system knows, every fourth what was synced; by the number, so always the same. */
export function extensionValues(number: number, costCentre: string): Props {
  return {
    ...(number % 3 === 0
      ? {
          [extensionName('kostnadsstalle')]: costCentre,
          [extensionName('befattningskod')]: `B${100 + (number % 40)}`,
          [extensionName('jour')]: number % 2 === 0,
          [extensionName('passerkort')]: 70_000 + number,
        }
      : {}),
    ...(number % 9 === 0 ? { [extensionName('anstalldTill')]: '2027-06-30T00:00:00Z' } : {}),
    ...(number % 4 === 0 ? { [extensionName('division')]: number % 8 === 0 ? 'Nord' : 'Syd' } : {}),
  };
}
