// What persons do in the app, as the reference model is told of it, and the shapes of the model's answers.
import type { Choice, GoneReason } from './model-directory.ts';

export interface ModelMapping {
  source: string;
  target: string;
  write: 'always' | 'when_empty';
  empty: 'keep' | 'clear';
}

/** What a person does in the app. A deed that the app has refused is no deed. `object` is an object id, `user` an app user's id. */
export type Deed =
  | { deed: 'chooseGroups'; choice: Choice }
  /** All mappings there are from now on. */
  | { deed: 'saveMappings'; mappings: readonly ModelMapping[] }
  | { deed: 'link'; object: string; user: string }
  | { deed: 'unlink'; object: string }
  /** An app user who is not from Entra. */
  | { deed: 'addAppUser'; user: string; fields: Readonly<Record<string, string>> }
  /** An app user made of a person of the directory, and linked. */
  | { deed: 'createAppUser'; object: string; user: string }
  /** `restore` ends `ignore`, `unkeep` ends `keep`. `approve` and `dismiss`: an absence that the brake holds. */
  | { deed: 'ignore' | 'restore' | 'keep' | 'unkeep' | 'approve' | 'dismiss'; object: string }
  /** The app user leaves the app, and stays in its books. */
  | { deed: 'remove'; user: string }
  /** An undo put a value back in the place of another, and Entra's stays out until Entra says something else. */
  | { deed: 'undoField'; user: string; field: string; value: string; undone: string }
  | { deed: 'editField'; user: string; field: string; value: string }
  /** A change of a field that the brake holds; `except` and `unexcept`: a person's exception from a mapping. */
  | { deed: 'approveField' | 'dismissField' | 'except' | 'unexcept'; user: string; field: string }
  /** On again: every setting is empty, old links are offered only. */
  | { deed: 'turnOff' | 'turnOn' };

/** What the brake holds at this moment: object ids of people whose absence waits, and `fieldKey`s of fields whose change waits. */
export interface Held {
  people: ReadonlySet<string>;
  fields: ReadonlySet<string>;
}

export interface Gone {
  /** All that are true; the engine may name any of them. */
  reasons: ReadonlySet<GoneReason>;
  /** Whether the person must be on the list, or only may. */
  sure: boolean;
  /** Whether somebody chose to keep the app user, for this absence. */
  kept: 'yes' | 'no' | 'either';
}

/** Who must be there, and who may (the former included). */
export interface MustMay {
  must: Set<string>;
  may: Set<string>;
}

export type WordOfAbsence = 'kept' | 'approved' | 'dismissed';

export const nothingHeld: Held = { people: new Set(), fields: new Set() };

export function fieldKey(user: string, field: string): string {
  return `${user} ${field}`;
}
