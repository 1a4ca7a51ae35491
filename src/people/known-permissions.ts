import { permissionSchema, type Permission } from '../contract/permissions.ts';

/** Drops what this version does not know: a permission of another version gives nothing. */
export function knownPermissions(values: readonly string[]): Permission[] {
  return values.flatMap((value) => permissionSchema.safeParse(value).data ?? []);
}
