// Sees everything and takes part in nothing: looks at the database after each commit, holds the invariants against what changed, tells
// the model what persons did, and compares with it when everything is at rest.
import type { Committed } from './database.ts';
import { deedsOf } from './deeds.ts';
import { checks } from './invariants/all.ts';
import { checkRest } from './invariants/rest.ts';
import type { Request } from './network.ts';
import type { Scheduler } from './scheduler.ts';
import type { Slot } from './slot.ts';
import { isSame, isWatched, takeSnapshot, watchedTables, type Row, type Snapshot } from './snapshot.ts';
import { holds } from './violation.ts';
import type { Organisation, Place } from './world.ts';

export interface Witness {
  begin(): Promise<void>;
  committed(commit: Committed): Promise<void>;
  asked(request: Request): void;
  /** What an administrator sees when loading a page. */
  page(organisationId: string): Snapshot;
  isOff(organisation: Organisation): boolean;
  hasOpenRun(organisation: Organisation): boolean;
  lastRun(organisation: Organisation): Row | null;
  /** How many runs ended how. */
  ends(): Record<string, number>;
  /** Compares with the model; the directory must be still, and everything read in full since. */
  atRest(): Promise<void>;
}

interface File {
  organisation: Organisation;
  snapshot: Snapshot;
  asked: Set<string>;
  /** When it was turned off, by the count of looks. */
  offAt: number | null;
}

export function createWitness({
  scheduler,
  place,
  slot,
  isToldEverything,
}: {
  scheduler: Scheduler;
  place: Place;
  slot: Slot;
  isToldEverything: boolean;
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
        files.set(organisation.id, { organisation, snapshot, asked: new Set(), offAt: null });
      }
    },
    async committed({ party, organisationId, tables }) {
      const touched = [...tables].filter(isWatched).toSorted();
      if (organisationId === '' || touched.length === 0) return;
      const file = fileOf(organisationId);
      const { organisation, snapshot: before } = file;
      const after = await takeSnapshot(slot.superuser, organisationId, { tables: touched, before });
      file.snapshot = after;
      const by = party.name.startsWith('worker') ? 'sync' : 'person';
      const nowMs = scheduler.nowMs();
      for (const check of checks)
        check({ organisation, by, before, after, nowMs, asked: file.asked, isToldEverything });
      if (before.mirror_state !== after.mirror_state) file.asked.clear();
      if (by === 'person')
        for (const deed of deedsOf(before, after)) {
          scheduler.note(`  ${deed.deed}`);
          holds(isAllowed(organisation, nowMs, deed), 'I6', () => `${deed.deed} was done and must not be`);
        }
    },
    asked({ url }) {
      for (const file of files.values()) file.asked.add(url);
    },
    page: (organisationId) => fileOf(organisationId).snapshot,
    isOff: ({ id }) => fileOf(id).snapshot.connection.every((row) => row['status'] === 'off'),
    hasOpenRun: ({ id }) =>
      fileOf(id).snapshot.sync_run.some((row) => row['state'] === 'queued' || row['state'] === 'running'),
    lastRun: ({ id }) => fileOf(id).snapshot.sync_run.at(-1) ?? null,
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
        for (const table of watchedTables)
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
