// Lets something that was not written for the emulator look at every right answer before it leaves: in the tests the JSON schema
// made from Microsoft's published model (schema-judge.ts). Nothing is loaded and nothing is looked at unless a folder is named.
import type { Answer } from './http.ts';
import type { Judge, Judged } from './schema-judge.ts';

/** The folder for what the judge finds. A variable and no option, so that it reaches emulators in processes that tests start. */
const VARIABLE = 'EMULATOR_JUDGE_DIR';

export async function judgeOfEnvironment(): Promise<Judge | null> {
  const folder = process.env[VARIABLE];
  if (folder === undefined || folder === '') return null;
  const { createSchemaJudge } = await import('./schema-judge.ts');
  return createSchemaJudge(folder);
}

/** The answer itself, or a 500 that says how it breaks the schema: whoever asked cannot take it for a right one. */
export function pass(judge: Judge | null, judged: Judged): Answer {
  const violation = judge?.(judged) ?? null;
  if (violation === null) return judged.answer;
  return { status: 500, body: { error: { code: 'EmulatorSchemaViolation', message: violation } } };
}
