// `approvals`: how an operator who has asked for it (SAMSYN_APPROVE_CONNECTIONS) looks at connections that wait, and answers them.
import { parseArgs } from 'node:util';
import { UsageError } from './add-organisation.ts';
import { systemClock } from './base/clock.ts';
import type { Logger } from './base/log.ts';
import type { Config } from './config.ts';
import { approveConnecting, listAwaiting, refuseConnecting, type Awaiting } from './connection/approval.ts';
import { createProver } from './connection/prove.ts';
import { en } from './i18n/en.ts';
import { errorCodes } from './contract/errors.ts';
import { inOrganisation } from './db/transaction.ts';
import { createJobs } from './jobs/jobs.ts';
import { createTransport } from './mail/transport.ts';
import { connectionDepsOf, openKey, withDatabase } from './main.ts';

export const approvalsUsage =
  'node src/cli.ts approvals [--approve ID | --refuse ID]   (ID as the list shows it; the first letters are enough)';

/** Answers the lines to print. */
export async function answerApprovals(config: Config, log: Logger, args: readonly string[]): Promise<string[]> {
  const { approve, refuse } = parse(args);
  return withDatabase(config, log, async (db, stops) => {
    const awaiting = await listAwaiting({ db, clock: systemClock });
    if (approve === undefined && refuse === undefined) return list(awaiting);
    const { sealer, readOnly } = await openKey(config, db, log);
    if (readOnly !== null)
      throw new UsageError(
        'Nothing is decided without the secret key that belongs to this database; the line above says more.',
      );
    const one = choose(awaiting, approve ?? refuse ?? '');
    const jobs = createJobs({ db, log });
    stops.push(() => jobs.stop());
    await jobs.start();
    // Nothing is mailed from here: what is to be told waits for the server.
    const transport = createTransport({ smtpUrl: undefined, from: undefined });
    const deps = connectionDepsOf({ config, db, log, clock: systemClock, sealer, jobs, transport });
    if (refuse !== undefined) {
      if (!(await refuseConnecting(deps, one))) throw new UsageError(answeredMeanwhile);
      return [`Refused: ${nameOf(one)}. Whoever asked is told.`];
    }
    if (!(await approveConnecting(deps, one))) throw new UsageError(answeredMeanwhile);
    const prover = createProver(deps);
    await prover.resume(one.organisationId);
    await prover.settled();
    return [await resultOf(db, one)];
  });
}

const answeredMeanwhile = 'It has been answered, withdrawn or left too long meanwhile.';

async function resultOf(db: Parameters<typeof inOrganisation>[0], one: Awaiting): Promise<string> {
  const flow = await inOrganisation(
    db,
    one.organisationId,
    (tx) =>
      tx
        .selectFrom('connect_flow')
        .select(['step', 'error_code'])
        .where('organisation_id', '=', one.organisationId)
        .where('id', '=', one.flowId)
        .executeTakeFirstOrThrow(),
    { readOnly: true },
  );
  if (flow.step === 'connected') return `Connected: ${nameOf(one)}. Whoever asked is told.`;
  if (flow.step === 'proving') return `Approved: ${nameOf(one)}. The server is connecting it.`;
  const code = errorCodes.find((known) => known === flow.error_code) ?? 'internal';
  throw new UsageError(`Approved, but not connected: ${en.errors[code].title} ${en.errors[code].next}`);
}

function list(awaiting: readonly Awaiting[]): string[] {
  if (awaiting.length === 0) return ['No connection waits for your approval.'];
  return [
    ...awaiting.flatMap((one) => [
      nameOf(one),
      `  id               ${one.flowId}`,
      `  tenant           ${one.tenantId}, domains ${one.tenantDomains.map(printable).join(', ') || 'unknown'}`,
      `  asked by         ${printable(one.askedBy.name)}${one.askedBy.email === null ? '' : `, ${printable(one.askedBy.email)}`}`,
      `  granted by       ${printable(one.signerName)}, ${one.since.toISOString()}`,
      '',
    ]),
    `To answer: ${approvalsUsage}`,
  ];
}

const nameOf = (one: Awaiting): string => `${printable(one.tenantName)} -> ${printable(one.organisationName)}`;

/** Names come from directories and customers: nothing in them may steer a terminal. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '');

function choose(awaiting: readonly Awaiting[], id: string): Awaiting {
  // Ids begin with the time: those of one minute begin alike, so that more letters may be needed.
  const found = awaiting.filter(({ flowId }) => flowId.startsWith(id.toLowerCase()));
  const [one] = found;
  if (one === undefined || id === '')
    throw new UsageError(`No connection with the id ${id} waits:\n  ${approvalsUsage}`);
  if (found.length > 1) throw new UsageError(`Several ids begin with ${id}: write more of it.`);
  return one;
}

function parse(args: readonly string[]): { approve: string | undefined; refuse: string | undefined } {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ args: [...args], options: { approve: text, refuse: text } });
    if (values.approve !== undefined && values.refuse !== undefined)
      throw new UsageError(`Either --approve or --refuse:\n  ${approvalsUsage}`);
    return { approve: values.approve, refuse: values.refuse };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n  ${approvalsUsage}`);
  }
}
