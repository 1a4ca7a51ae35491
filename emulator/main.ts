// The emulator from the command line.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { HELP, readCommandLine, WrongArgument } from './command-line.ts';
import { startEmulator } from './server.ts';
import { welcome } from './welcome.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const { help, caOut, quiet, options } = readCommandLine(process.argv.slice(2));
  if (help) {
    say(HELP);
    return;
  }
  const emulator = await startEmulator({ ...options, ...(quiet ? {} : { log: say }) });
  const stop = (): void => void emulator.close().then(() => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    if (caOut !== undefined && emulator.secure !== undefined) writeFileSync(caOut, emulator.secure.ca);
  } catch (error) {
    await emulator.close();
    throw new WrongArgument(`--ca-out ${caOut} cannot be written: ${messageOf(error)}`, { cause: error });
  }
  const caFile = caOut ?? emulator.secure?.caFile;
  say(welcome(emulator, caFile === undefined ? undefined : resolve(caFile)));
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

main().catch((error: unknown) => {
  if (error instanceof WrongArgument) complain(`${error.message}\nSee --help.`);
  else complain(inUse(error) ?? `The emulator could not start: ${messageOf(error)}`);
  process.exitCode = 1;
});

function inUse(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') return undefined;
  const port = 'port' in error ? ` ${String(error.port)}` : '';
  return `Port${port} is in use. Choose another with --port or --https-port, or end what runs there.`;
}
