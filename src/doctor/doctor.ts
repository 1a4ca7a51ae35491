// `samsyn doctor`: goes through a configuration step by step and says of each in one line whether it works, and if not, what to do.
// Changes nothing, shows no secret, and whatever goes wrong is a line too.
import { parseArgs } from 'node:util';
import type { Clock } from '../base/clock.ts';
import { createLogger } from '../base/log.ts';
import { ConfigError, loadConfig, type Config, type Environment } from '../config.ts';
import { createExaminer } from '../graph/examine.ts';
import { databaseSteps } from './database.ts';
import { failed, ok, skipped, type Finding, type Step } from './finding.ts';
import { machineSteps } from './machine.ts';
import { mailSteps } from './mail.ts';
import { microsoftSteps } from './microsoft.ts';
import { registrationSteps } from './registration.ts';

export interface DoctorOptions {
  args: readonly string[];
  env: Environment;
  clock: Clock;
  /** Takes one line. */
  print: (line: string) => void;
}

export const doctorUsage = 'node src/cli.ts doctor [--tenant ID or DOMAIN] [--mail-to ADDRESS]';

/** The exit code: 1 when a step has failed, else 0. */
export async function runDoctor({ args, env, clock, print }: DoctorOptions): Promise<number> {
  const hide = hiderOf(env);
  const counts = { ok: 0, warning: 0, FAILED: 0, skipped: 0 };
  const say = (name: string, { status, text }: Finding): void => {
    counts[status] += 1;
    print(hide(`${status.padEnd(8)} ${name.padEnd(nameWidth)} ${text.replace(/\s*[\r\n]+\s*/g, ' ')}`));
  };
  const asked = readArgs(args);
  if (typeof asked === 'string') {
    say('command', failed(asked));
    return 1;
  }
  const config = readOptions(env, say);
  if (config !== undefined) {
    const { steps, end } = stepsOf(config, clock, asked);
    try {
      for (const step of steps) say(step.name, await findSafely(step));
    } finally {
      await end();
    }
  }
  print('');
  print(
    `${counts.ok} ok, ${counts.warning} warning${counts.warning === 1 ? '' : 's'}, ${counts.FAILED} failed, ${counts.skipped} skipped`,
  );
  return counts.FAILED > 0 ? 1 : 0;
}

const nameWidth = 19;

interface Asked {
  tenant: string | undefined;
  mailTo: string | undefined;
}

function stepsOf(config: Config, clock: Clock, { tenant, mailTo }: Asked) {
  // What is wrong is said by the steps.
  const log = createLogger({ level: 'silent' });
  const { entra } = config;
  const { second, ...only } = entra;
  const clientId = entra.clientId ?? '';
  // Each by itself: together, one would stand in for the other that Microsoft refuses.
  const examiner = createExaminer({ config: { ...only, clientId }, clock, log });
  const secondExaminer = second && createExaminer({ config: { ...only, ...second, clientId }, clock, log });
  const database = databaseSteps(config, log);
  const microsoft = microsoftSteps(config, examiner, clock);
  const steps: Step[] = [
    ...machineSteps(config),
    ...database.steps,
    ...microsoft.steps,
    ...registrationSteps({ config, examiner, secondExaminer, clock, hosts: microsoft.hosts, tenant }),
    ...mailSteps(config, mailTo),
  ];
  return { steps, end: () => database.end() };
}

/** What nobody foresaw ends its step and not the doctor. */
async function findSafely(step: Step): Promise<Finding> {
  try {
    return await step.find();
  } catch (error) {
    return failed(`could not be asked: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readOptions(env: Environment, say: (name: string, finding: Finding) => void): Config | undefined {
  try {
    const config = loadConfig(env);
    say('options', ok('valid'));
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) say('options', failed(problem));
    say('all else', skipped('needs valid options: node src/cli.ts --help tells them'));
    return undefined;
  }
}

const tenantPattern = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|([a-z0-9-]+\.)+[a-z0-9-]+)$/i;

function readArgs(args: readonly string[]): Asked | string {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ args: [...args], options: { tenant: text, 'mail-to': text } });
    const { tenant, 'mail-to': mailTo } = values;
    if (tenant !== undefined && !tenantPattern.test(tenant))
      return '--tenant is the id of a tenant or one of its domains, such as contoso.com';
    return { tenant, mailTo };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}: ${doctorUsage}`;
  }
}

const shortestSecret = 4;

/** No line is made with a secret in it; should a server send one back, it is crossed out. */
function hiderOf(env: Environment): (line: string) => string {
  const secrets = [
    env['SAMSYN_ENTRA_CLIENT_SECRET'],
    ...(env['SAMSYN_SECRET_KEY']?.split(',') ?? []),
    ...passwordsOf(env['DATABASE_URL']),
    ...passwordsOf(env['SMTP_URL']),
  ]
    .map((secret) => secret?.trim() ?? '')
    .filter((secret) => secret.length >= shortestSecret);
  return (line) => secrets.reduce((text, secret) => text.replaceAll(secret, '…'), line);
}

/** As it stands in the address, and as it is meant. */
function passwordsOf(address: string | undefined): string[] {
  try {
    const { password } = new URL(address ?? '');
    return [password, decodeURIComponent(password)];
  } catch {
    return []; // not an address: the options say so, without its text
  }
}
