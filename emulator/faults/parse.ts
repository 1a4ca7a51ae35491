// Reads a fault, or a plan of them, from JSON. What is wrong is told by the name of the member: `faults[2].often.every`.
import type { Json } from '../model.ts';
import { StoreError } from '../store/input.ts';
import type { FaultInput, FaultMatch, FaultOften, NamedFault, Script } from './fault.ts';
import { isKindName, KINDS } from './kinds.ts';
import type { Kind, Parameter } from './kinds.ts';
import { isUsableText } from './match.ts';

export class PlanError extends StoreError {
  readonly member: string;
  constructor(member: string, problem: string) {
    super(400, `${member} ${problem}`);
    this.member = member;
  }
}

type Members = { [name: string]: Json };

/** `{ "seed": 7, "faults": [ … ] }`; what a plan says when it is read back is taken as well. */
export function parsePlan(plan: Members): { seed: number; faults: FaultInput[] } {
  known('the plan', plan, ['seed', 'faults']);
  const faults = plan['faults'];
  if (!Array.isArray(faults)) throw new PlanError('faults', 'must be a list.');
  return {
    seed: plan['seed'] === undefined ? 1 : numeric('seed', plan['seed'], { min: 0, max: 2 ** 32 - 1, whole: true }),
    faults: faults.map((one, index) => parseFault(object(`faults[${index}]`, one), `faults[${index}].`)),
  };
}

/** `prefix` names where the fault stands: '' by itself, `faults[2].` in a plan. */
export function parseFault(fault: Members, prefix = ''): FaultInput {
  known(prefix.replace(/\.$/, '') || 'a fault', fault, [
    'title',
    'match',
    'often',
    'answer',
    'fault',
    'seed',
    ...READ_BACK,
  ]);
  if ((fault['answer'] === undefined) === (fault['fault'] === undefined))
    throw new PlanError(`${prefix}fault`, 'or answer is needed, and not both: what the request is met with.');
  return {
    ...(fault['title'] === undefined ? {} : { title: textual(`${prefix}title`, fault['title']) }),
    match: parseMatch(`${prefix}match`, fault['match'] ?? {}),
    ...(fault['often'] === undefined ? {} : { often: parseOften(`${prefix}often`, fault['often']) }),
    ...(fault['answer'] === undefined ? {} : { answer: parseScript(`${prefix}answer`, fault['answer']) }),
    ...(fault['fault'] === undefined ? {} : { fault: parseNamed(`${prefix}fault`, fault['fault']) }),
  };
}

/** Said when a plan is read back, and let through so that the same document can be put again. */
const READ_BACK = ['id', 'planned', 'seen', 'used'];

function parseMatch(at: string, value: Json): FaultInput['match'] {
  const given = object(at, value);
  known(at, given, ['method', 'path', 'tenant', 'app', 'headers', 'body', 'inBatch', 'skip', 'times']);
  const match: FaultMatch = {};
  for (const name of ['method', 'path', 'tenant', 'app'] as const) {
    const wanted = given[name];
    if (wanted === undefined) continue;
    match[name] = name === 'path' ? findable(`${at}.path`, wanted) : textual(`${at}.${name}`, wanted);
  }
  if (given['headers'] !== undefined) match.headers = texts(`${at}.headers`, given['headers']);
  const { body, inBatch, skip, times } = given;
  if (body !== undefined)
    match.body = typeof body === 'string' ? findable(`${at}.body`, body) : texts(`${at}.body`, body);
  if (inBatch !== undefined) match.inBatch = truth(`${at}.inBatch`, inBatch);
  return {
    ...match,
    ...(skip === undefined ? {} : { skip: numeric(`${at}.skip`, skip, COUNT) }),
    ...(times === undefined ? {} : { times: numeric(`${at}.times`, times, COUNT) }),
  };
}

const COUNT = { min: 0, max: 1e9, whole: true };

function parseOften(at: string, value: Json): FaultOften {
  const given = object(at, value);
  known(at, given, ['times', 'skip', 'every', 'probability']);
  const often: FaultOften = {};
  for (const name of ['times', 'skip', 'every', 'probability'] as const) {
    const wanted = given[name];
    if (wanted === undefined) continue;
    const bounds =
      name === 'probability' ? { min: 0, max: 1, whole: false } : { ...COUNT, min: name === 'every' ? 1 : 0 };
    often[name] = numeric(`${at}.${name}`, wanted, bounds);
  }
  return often;
}

function parseScript(at: string, value: Json): Script {
  const given = object(at, value);
  known(at, given, ['status', 'headers', 'body', 'delayMs', 'cut', 'malformed', 'transform']);
  const { status, headers, body, delayMs, cut, malformed, transform } = given;
  return {
    ...(status === undefined ? {} : { status: numeric(`${at}.status`, status, { min: 200, max: 599, whole: true }) }),
    ...(headers === undefined ? {} : { headers: texts(`${at}.headers`, headers, false) }),
    ...(body === undefined ? {} : { body }),
    ...(delayMs === undefined
      ? {}
      : { delayMs: numeric(`${at}.delayMs`, delayMs, { min: 0, max: 3_600_000, whole: true }) }),
    ...(cut === undefined ? {} : { cut: truth(`${at}.cut`, cut) }),
    ...(malformed === undefined ? {} : { malformed: truth(`${at}.malformed`, malformed) }),
    ...(transform === undefined ? {} : { transform: oneOf(`${at}.transform`, transform, TRANSFORMS) }),
  };
}

const TRANSFORMS = ['drop-value', 'loop-next', 'foreign-next'] as const;

/** A name alone, or `{ "name": …, … }` with its parameters. */
function parseNamed(at: string, value: Json): NamedFault {
  const given = typeof value === 'string' ? { name: value } : object(at, value);
  const name = given['name'];
  const nameAt = typeof value === 'string' ? at : `${at}.name`;
  if (typeof name !== 'string' || !isKindName(name))
    throw new PlanError(nameAt, `must be one of ${Object.keys(KINDS).join(', ')}.`);
  const { parameters }: Kind = KINDS[name];
  known(at, given, ['name', ...Object.keys(parameters)]);
  for (const [key, parameter] of Object.entries(parameters)) checkParameter(`${at}.${key}`, given[key], parameter);
  return { ...given, name };
}

function checkParameter(at: string, value: Json | undefined, parameter: Parameter): void {
  if (value === undefined) {
    if (!('otherwise' in parameter) && parameter.optional !== true) throw new PlanError(at, 'is needed.');
    return;
  }
  if (parameter.is === 'number') numeric(at, value, parameter);
  else if (parameter.is === 'choice') oneOf(at, String(value as string), parameter.of); // any JSON reads as some text
  else if (parameter.is === 'text') textual(at, value);
  else if (parameter.is === 'flag') truth(at, value);
  else if (parameter.is === 'retryAfter' && typeof value === 'number')
    numeric(at, value, { min: 0, max: 1e9, whole: false });
  else if (parameter.is === 'retryAfter') oneOf(at, value, parameter.of, ', or a number of seconds');
  else if (!parameter.of.includes(String(value as string | number)))
    throw new PlanError(at, 'must be the number or the name of an error that emulator/FAULTS.md lists.');
}

function known(at: string, given: Members, names: readonly string[]): void {
  const stranger = Object.keys(given).find((name) => !names.includes(name));
  if (stranger === undefined) return;
  const member = /^(the plan|a fault)$/.test(at) ? stranger : `${at}.${stranger}`;
  throw new PlanError(
    member,
    `is not known; there can be ${names.filter((one) => !READ_BACK.includes(one)).join(', ')}.`,
  );
}

function object(at: string, value: Json): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new PlanError(at, 'must be an object.');
  return value;
}

function textual(at: string, value: Json): string {
  if (typeof value !== 'string' || value === '') throw new PlanError(at, 'must be a text.');
  return value;
}

/** A part to be found, or an expression between slashes. */
function findable(at: string, value: Json): string {
  const wanted = textual(at, value);
  if (!isUsableText(wanted)) throw new PlanError(at, 'is no valid expression.');
  return wanted;
}

function texts(at: string, value: Json, areFound = true): Record<string, string> {
  const entries = Object.entries(object(at, value));
  return Object.fromEntries(
    entries.map(([name, one]) => [name, areFound ? findable(`${at}.${name}`, one) : textual(`${at}.${name}`, one)]),
  );
}

function truth(at: string, value: Json): boolean {
  if (typeof value !== 'boolean') throw new PlanError(at, 'must be true or false.');
  return value;
}

function numeric(at: string, value: Json, { min, max, whole }: { min: number; max: number; whole: boolean }): number {
  if (typeof value !== 'number' || value < min || value > max || (whole && !Number.isInteger(value)))
    throw new PlanError(at, `must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}.`);
  return value;
}

function oneOf<T extends string>(at: string, value: Json, of: readonly T[], more = ''): T {
  const found = of.find((one) => one === value);
  if (found === undefined) throw new PlanError(at, `must be one of ${of.join(', ')}${more}.`);
  return found;
}
