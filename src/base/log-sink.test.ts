import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createLogSink } from './log-sink.ts';

/** A disk that takes so many bytes more. */
function disk() {
  let room = Infinity;
  let text = '';
  return {
    text: () => text,
    leave: (bytes: number) => void (room = bytes),
    write(bytes: Uint8Array): number {
      const taken = Math.min(room, bytes.length);
      if (taken === 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      room -= taken;
      text += Buffer.from(bytes.subarray(0, taken)).toString();
      return taken;
    },
  };
}

test('F58 lines that find the disk full are dropped and counted, and the next one that is written says how many', () => {
  const full = disk();
  const sink = createLogSink(
    (bytes) => full.write(bytes),
    (count) => `${count} are missing\n`,
  );
  sink('first\n');
  full.leave(0);
  for (let line = 1; line <= 3; line += 1) sink(`lost ${line}\n`);
  expect(full.text()).toBe('first\n');
  full.leave(Infinity);
  sink('fourth\n');
  sink('fifth\n');
  expect(full.text()).toBe('first\n3 are missing\nfourth\nfifth\n');
});

test('F58 a line that was written by half is ended before the next, and counts as dropped', () => {
  const full = disk();
  const sink = createLogSink(
    (bytes) => full.write(bytes),
    (count) => `${count} is missing\n`,
  );
  full.leave(4);
  sink('half of it\n');
  full.leave(Infinity);
  sink('whole\n');
  expect(full.text()).toBe('half\n1 is missing\nwhole\n');
});

test('what a disk takes in several pieces is written whole', () => {
  let text = '';
  const sink = createLogSink(
    (bytes) => {
      text += Buffer.from(bytes.subarray(0, 3)).toString();
      return Math.min(3, bytes.length);
    },
    () => '',
  );
  sink('eleven letters\n');
  sink('and more\n');
  expect(text).toBe('eleven letters\nand more\n');
});

test.skipIf(!existsSync('/dev/full'))('F58 a process whose log has no room goes on', () => {
  const program = `
    import { createLogger } from ${JSON.stringify(path.join(import.meta.dirname, 'log.ts'))};
    const log = createLogger();
    for (let line = 0; line < 100; line += 1) log.info('Nobody reads this');
    setTimeout(() => { log.info('nor this'); process.exit(7); }, 50);`;
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(full);
  expect({ status, stderr }).toEqual({ status: 7, stderr: '' });
});
