// What an invariant looks at: one organisation before and after one commit, and who made it.
import type { Party } from '../scheduler.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Organisation } from '../world.ts';

export interface Step {
  organisation: Organisation;
  /** A run or another job, or a person. */
  by: 'sync' | 'person';
  party: Party;
  before: Snapshot;
  after: Snapshot;
  nowMs: number;
  /** When the transaction began, by the database's clock. */
  atMs: number;
  /** Addresses that workers have asked since the mirror's generation before. */
  asked: ReadonlySet<string>;
  /** False when Entra kept changes to itself for ever: rows may then be made of two states. */
  isToldEverything: boolean;
  /** False when Entra told some changes a while later. */
  isToldAtOnce: boolean;
  book: Book;
}

/** What was seen of the organisation earlier. */
export interface Book {
  /** Who took the lease last. */
  holder: Party | null;
  /** What runs did without a person's word. */
  deeds: { atMs: number; gone: number; fields: ReadonlyMap<string, { changed: number; emptied: number }> }[];
  /** When the connection was turned off, by the database's clock. */
  offAtMs: number | null;
  /** When parties have last read whether it is on. */
  looks: Map<Party, number>;
}

export const newBook = (): Book => ({ holder: null, deeds: [], offAtMs: null, looks: new Map() });

export type Check = (step: Step) => void;
