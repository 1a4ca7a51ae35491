// One Samsyn per data folder. The lock is a listening socket in Linux' abstract namespace, named after the folder itself:
// the kernel hands it to one process only and takes it back when the process ends in whatever way, so it cannot go stale.
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { DatabaseStartError } from './start-error.ts';

/** Takes the folder for this process; the answer gives it back. */
export async function lockFolder(dataDir: string): Promise<() => Promise<void>> {
  const { dev, ino } = await stat(dataDir);
  const server = createServer((socket) => socket.destroy());
  const pidFile = path.join(dataDir, 'samsyn.pid');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ path: `\0samsyn-${dev}-${ino}` }, resolve);
  try {
    await promise;
  } catch (error) {
    const pid = await readFile(pidFile, 'utf8').catch(() => '');
    throw new DatabaseStartError(
      'folder_in_use',
      `The data folder ${dataDir} is used by another Samsyn${/^\d+$/.test(pid) ? `, process ${pid}` : ''}: stop it or choose another folder with SAMSYN_DATA_DIR`,
      error,
    );
  }
  server.unref();
  await writeFile(pidFile, String(process.pid), { mode: 0o644 });
  return () => new Promise((done) => server.close(() => done()));
}
