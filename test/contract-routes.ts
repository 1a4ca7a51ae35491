// Every route of the contract, found by its shape in the files src/contract/api-*.ts: what is added there is in the sweeps at once.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Route } from '../src/contract/route.ts';
import { newId } from '../src/base/ids.ts';

const folder = path.join(import.meta.dirname, '../src/contract');

export const contractRoutes: Route[] = [];
for (const file of readdirSync(folder).filter((name) => /^api-[\w-]+\.ts$/.test(name) && !name.endsWith('.test.ts'))) {
  const module: unknown = await import(path.join(folder, file));
  for (const value of Object.values(module as Record<string, unknown>)) collect(value); // a module is a record of its exports
}

/** Routes may also stand in a record of routes. */
function collect(value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Array) return;
  if ('method' in value && 'path' in value && 'access' in value) contractRoutes.push(value as Route); // has the marks of one
}

/** The path with ids in it: an organisation, and for the rest what is given or an id that nobody has. */
export function addressOf(route: Route, organisationId: string, id = newId()): string {
  return route.path
    .replace(':organisationId', organisationId)
    .replace(':list', 'linked')
    .replace(':kind', 'run')
    .replace(/:\w+/g, () => id);
}

export const nameOf = ({ method, path: address }: Route): string =>
  `${method} ${address.replace('/api/v1', '').replace('/organisations/:organisationId', '…')}`;
