// Persistence: one file of JSON lines, appended to on each change and rewritten compactly at start when it has grown.
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type {
  AppRegistration,
  Change,
  DeadLinkAnswer,
  DirectoryGroup,
  DirectoryUser,
  Grant,
  Settings,
  TenantFacts,
} from './model.ts';
import type { Subscription } from './subscriptions/subscription.ts';

export type Line =
  | { k: 'tenant'; v: { id: string; displayName: string; domains: string[]; country: string; createdAt: number } }
  | { k: 'counters'; t: string; n: number; seq: number }
  | { k: 'generation'; t: string; v: number; answer: DeadLinkAnswer }
  | { k: 'user'; t: string; v: DirectoryUser }
  | { k: 'gone'; t: string; id: string }
  | { k: 'group'; t: string; v: Omit<DirectoryGroup, 'members'> }
  | { k: 'member'; t: string; g: string; id: string; n: number | null }
  | { k: 'change'; t: string; of: 'user' | 'group'; v: Change }
  | { k: 'grant'; t: string; c: string; v: Grant | null }
  | { k: 'facts'; t: string; v: TenantFacts }
  | { k: 'app'; v: AppRegistration }
  | { k: 'settings'; v: Settings }
  | { k: 'subscription'; v: Subscription }
  | { k: 'unsubscribed'; id: string }
  | { k: 'clock'; offsetMs: number };

export interface Journal {
  append(line: Line): void;
  /** Everything appended so far is on its way to the disk when this returns. */
  flush(): void;
  close(): void;
}

export const noJournal: Journal = { append() {}, flush() {}, close() {} };

const CHUNK_CHARS = 1 << 20;

/** The lines of an earlier run. `torn`: the last line is half-written (the process was killed) and left out. */
export function readJournal(dataDir: string): { lines: Line[]; torn: boolean } {
  const file = join(dataDir, 'directory.jsonl');
  if (!existsSync(file)) return { lines: [], torn: false };
  const lines: Line[] = [];
  // Decoded line by line: a large directory would exceed the longest string that the engine can hold.
  const bytes = readFileSync(file);
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(10, start);
    if (end < 0) return { lines, torn: start < bytes.length };
    lines.push(JSON.parse(bytes.toString('utf8', start, end)) as Line); // our own file
    start = end + 1;
  }
}

/** Opens for appending; with `rewriteWith` the file is first replaced by exactly these lines. */
export function openJournal(dataDir: string, rewriteWith?: Iterable<Line>): Journal {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, 'directory.jsonl');
  if (rewriteWith !== undefined) {
    const next = `${file}.next`;
    const out = openSync(next, 'w');
    let text = '';
    for (const line of rewriteWith) {
      text += `${JSON.stringify(line)}\n`;
      if (text.length > CHUNK_CHARS) {
        writeSync(out, text);
        text = '';
      }
    }
    writeSync(out, text);
    closeSync(out);
    renameSync(next, file);
  }
  const out = openSync(file, 'a');
  let waiting: string[] = [];
  let scheduled = false;
  let closed = false;
  const flush = () => {
    scheduled = false;
    if (waiting.length === 0 || closed) return;
    writeSync(out, `${waiting.join('\n')}\n`);
    waiting = [];
  };
  return {
    append(line) {
      waiting.push(JSON.stringify(line));
      if (waiting.length > 5000) flush();
      if (!scheduled) {
        scheduled = true;
        setImmediate(flush);
      }
    },
    flush,
    close() {
      flush();
      closed = true;
      closeSync(out);
    },
  };
}
