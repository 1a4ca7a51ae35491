// `add-organisation`: how an operator lets the first administrator of an organisation in. Everybody else is added in the app.
import { parseArgs } from 'node:util';
import { newId } from './base/ids.ts';
import { systemClock } from './base/clock.ts';
import type { Logger } from './base/log.ts';
import type { Config } from './config.ts';
import { languageSchema } from './contract/common.ts';
import { AppError } from './contract/errors.ts';
import { isEmail, isPlainText } from './contract/field-value.ts';
import { inOrganisation } from './db/transaction.ts';
import { withDatabase } from './main.ts';
import { insertAppUser } from './people/app-users.ts';
import { createOrganisation } from './people/organisations.ts';
import { createPasswordLink } from './people/password-link.ts';

/** What is wrong with what was typed, in words. */
export class UsageError extends Error {}

export const addOrganisationUsage =
  "node src/cli.ts add-organisation --name 'Example AB' --admin-email anna@example.com --admin-name 'Anna Berg' [--language sv|en] [--time-zone Europe/Stockholm]";

interface NewOrganisation {
  name: string;
  adminEmail: string;
  adminName: string;
  language: 'sv' | 'en';
  timeZone: string;
}

/** Makes the organisation with its administrator. Answers the address at which the administrator chooses a password. */
export async function addOrganisation(
  config: Config,
  log: Logger,
  args: readonly string[],
): Promise<{ url: string; expiresAt: string }> {
  const input = parse(args);
  return withDatabase(config, log, async (db) => {
    const { name, language, timeZone } = input;
    const organisationId = await createOrganisation({ db }, { name, language, timeZone }).catch((error: unknown) => {
      if (error instanceof AppError)
        throw new UsageError(`There is no time zone '${timeZone}': write it like Europe/Stockholm.`);
      throw error;
    });
    const appUserId = newId();
    await inOrganisation(db, organisationId, (tx) =>
      insertAppUser(tx, {
        organisationId,
        id: appUserId,
        fields: { displayName: input.adminName, email: input.adminEmail },
        permissions: ['users_and_teams'],
        actor: null,
      }),
    );
    const actor = {
      organisationId,
      appUserId,
      name: input.adminName,
      permissions: ['users_and_teams'],
      requestId: 'command line',
    };
    return createPasswordLink({ db, clock: systemClock, config }, actor, {
      id: appUserId,
      signInEmail: input.adminEmail,
    });
  });
}

function parse(args: readonly string[]): NewOrganisation {
  const { values } = read(args);
  const name = values.name?.trim() ?? '';
  const adminEmail = values['admin-email']?.trim() ?? '';
  const adminName = values['admin-name']?.trim() ?? '';
  const language = languageSchema.safeParse(values.language ?? 'sv');
  if (name === '' || !isPlainText(name))
    throw new UsageError(`--name is the organisation's name:\n  ${addOrganisationUsage}`);
  if (!isEmail(adminEmail))
    throw new UsageError(
      `--admin-email is the address that the administrator signs in with:\n  ${addOrganisationUsage}`,
    );
  if (adminName === '' || !isPlainText(adminName))
    throw new UsageError(`--admin-name is the administrator's name:\n  ${addOrganisationUsage}`);
  if (!language.success) throw new UsageError('--language is sv or en.');
  return { name, adminEmail, adminName, language: language.data, timeZone: values['time-zone'] ?? 'Europe/Stockholm' };
}

function read(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({
      args: [...args],
      options: { name: text, 'admin-email': text, 'admin-name': text, language: text, 'time-zone': text },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n  ${addOrganisationUsage}`);
  }
}
