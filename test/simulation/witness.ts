// Sees everything and takes part in nothing: looks at the database after each commit, holds the invariants against what changed, tells
// the model what persons did, and compares with it when everything is at rest.
import type { Committed } from './database.ts';
import { deedsOf } from './deeds.ts';
import { checks } from './invariants/all.ts';
import { checkRest } from './invariants/rest.ts';
import { newBook, type Book, type Step } from './invariants/step.ts';
import type { Request } from './network.ts';
import type { Party, Scheduler } from './scheduler.ts';
import type { Slot } from './slot.ts';
import { isSame, isWatched, takeSnapshot, watchedTables, type Row, type Snapshot } from './snapshot.ts';
import { holds } from './violation.ts';
import type { Organisation, Place } from './world.ts';

export interface Witness {
  begin(): Promise<void>;
  committed(commit: Committed): Promise<void>;
  asked(request: Request): void;
  /** A party has read whether the sync is on, at a time of the database. */
  looked(party: Party, organisationId: string, atMs: number): void;
  /** What an administrator sees when loading a page. */
  page(organisationId: string): Snapshot;
  isOff(organisation: Organisation): boolean;
  hasOpenRun(organisation: Organisation): boolean;
  lastRun(organisation: Organisation): Row | null;
  /** Fails when a run that was to be tried again was not. */
  noneForgotten(): void;
  /** How many runs ended how. */
  ends(): Record<string, number>;
  /** Compares with the model; the directory must be still, and everything read in full since. */
  atRest(): Promise<void>;
}

interface File {
  organisation: Organisation;
  snapshot: Snapshot;
  asked: Set<string>;
  book: Book;
}

export function createWitness({
  scheduler,
  place,
  slot,
  isToldEverything,
  isToldAtOnce,
  mayForget,
}: {
  scheduler: Scheduler;
  place: Place;
  slot: Slot;
  isToldEverything: boolean;
  isToldAtOnce: boolean;
  /** Whether jobs may get lost. */
  mayForget: boolean;
}): Witness {
  const files = new Map<string, File>();

  const fileOf = (organisationId: string): File => {
    const file = files.get(organisationId);
    if (file === undefined) throw new Error('an organisation of another history');
    return file;
  };

  const own: Witness = {
    async begin() {
      for (const organisation of place.organisations) {
        const snapshot = await takeSnapshot(slot.superuser, organisation.id);
        files.set(organisation.id, { organisation, snapshot, asked: new Set(), book: newBook() });
      }
    },
    async committed({ party, organisationId, tables, inserts, atMs }) {
      const touched = [...tables].filter(isWatched).toSorted();
      if (organisationId === '' || touched.length === 0) return;
      // How far a run has come: nothing is claimed about it, and it is written often.
      if (tables.size === 1 && tables.has('sync_run') && !inserts) return;
      const file = fileOf(organisationId);
      const { organisation, snapshot: before } = file;
      const after = await takeSnapshot(slot.superuser, organisationId, { tables: touched, before });
      file.snapshot = after;
      const by = party.name.startsWith('worker') ? 'sync' : 'person';
      const nowMs = scheduler.nowMs();
      const { asked, book } = file;
      const step: Step = {
        organisation,
        by,
        party,
        before,
        after,
        nowMs,
        atMs,
        asked,
        isToldEverything,
        isToldAtOnce,
        book,
      };
      for (const check of checks) check(step);
      if (by === 'sync' && before.mirror_state !== after.mirror_state) asked.clear();
      if (by === 'person')
        for (const deed of deedsOf(before, after)) {
          scheduler.note(`  ${deed.deed}`);
          holds(isAllowed(organisation, nowMs, deed), 'I6', () => `${deed.deed} was done and must not be`);
        }
    },
    asked({ party, url, tenants }) {
      for (const { organisation, asked, book } of files.values()) {
        asked.add(url);
        if (book.offAtMs === null || !tenants().includes(organisation.tenantId)) continue;
        const sawOff = (book.looks.get(party) ?? 0) > book.offAtMs;
        holds(!sawOff, 'I30', () => `${party.name} asks ${url} and has seen that the sync is off`);
      }
    },
    looked(party, organisationId, atMs) {
      files.get(organisationId)?.book.looks.set(party, atMs);
    },
    page: (organisationId) => fileOf(organisationId).snapshot,
    isOff: ({ id }) => fileOf(id).snapshot.connection.every((row) => row['status'] === 'off'),
    hasOpenRun: ({ id }) =>
      fileOf(id).snapshot.sync_run.some((row) => row['state'] === 'queued' || row['state'] === 'running'),
    lastRun: ({ id }) => fileOf(id).snapshot.sync_run.at(-1) ?? null,
    noneForgotten() {
      for (const { organisation, snapshot } of files.values()) {
        const isLate = (row: Row): boolean =>
          row['state'] === 'retrying' && Date.parse(String(row['retry_at'])) < scheduler.nowMs();
        const late = snapshot.sync_run.some(isLate);
        holds(!late || own.isOff(organisation) || mayForget, 'I39', () => 'a run was to be tried again, and was not');
      }
    },
    ends() {
      const ends: Record<string, number> = {};
      for (const { snapshot } of files.values())
        for (const run of snapshot.sync_run) {
          const end = [run['state'], run['error_code'] ?? ''].join(' ').trim();
          ends[end] = (ends[end] ?? 0) + 1;
        }
      return ends;
    },
    async atRest() {
      for (const { organisation, snapshot } of files.values()) {
        const now = await takeSnapshot(slot.superuser, organisation.id);
        // Progress of runs is not followed.
        for (const table of watchedTables.filter((one) => one !== 'sync_run'))
          holds(
            isSame(now[table], snapshot[table]),
            'I32',
            () => `${table} of ${organisation.name} was changed by somebody else's commit`,
          );
        checkRest(organisation, now, scheduler.nowMs(), own.isOff(organisation));
      }
    },
  };
  return own;
}

function isAllowed(
  organisation: Organisation,
  nowMs: number,
  deed: Parameters<Organisation['model']['done']>[1],
): boolean {
  try {
    organisation.model.done(nowMs, deed);
    return true;
  } catch {
    return false;
  }
}
