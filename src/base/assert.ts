/** Raised when something that the program takes for granted is not so: always a mistake of ours, never of a user. */
export class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed';
}

/** Ends with an error when `condition` does not hold. The message names the rule and never data. */
export function assert(condition: unknown, rule: string): asserts condition {
  if (!condition) throw new AssertionFailed(`Broken rule: ${rule}`);
}

/** The value, when there is one. */
export function present<T>(value: T | null | undefined, rule: string): T {
  if (value === null || value === undefined) throw new AssertionFailed(`Broken rule: ${rule}`);
  return value;
}
