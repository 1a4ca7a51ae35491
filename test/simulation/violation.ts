// An invariant that does not hold ends its history.

export class Violation extends Error {
  readonly invariant: string;
  constructor(invariant: string, text: string) {
    super(text);
    this.invariant = invariant;
  }
}

/** Throws Violation when it is not so; `text` says what is wrong. */
export function holds(condition: boolean, invariant: string, text: () => string): void {
  if (!condition) throw new Violation(invariant, text());
}
