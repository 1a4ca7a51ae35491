// Finds a browser for the tests: one that is installed, else the one that comes as an npm package.
import { existsSync } from 'node:fs';

export interface Browser {
  executablePath: string;
  args: string[];
}

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

// No sandbox: containers and root have none. The rest keeps a browser from calling home while it is tested.
const quietArgs = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
]; // prettier-ignore

/** Throws with a sentence that says what to do when there is none. */
export async function findBrowser(): Promise<Browser> {
  const chosen = process.env['CHROMIUM_PATH'];
  const path = chosen ?? installed.find((candidate) => existsSync(candidate));
  if (path) return { executablePath: path, args: quietArgs };
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    // Its software renderer is of no use to a test, and slow. Its own arguments are left out: they switch off the same-origin
    // policy, and keep all in one process, where a second context loses its cookies on the way back from another site.
    packaged.setGraphicsMode = false;
    return { executablePath: await packaged.executablePath(), args: quietArgs };
  } catch (error) {
    throw new Error('No browser for the tests: install Chromium, or set CHROMIUM_PATH to one.', { cause: error });
  }
}
