// For tests: an emulator over HTTPS whose authority this process trusts. `tls.setDefaultCACertificates` does at run time what
// NODE_EXTRA_CA_CERTS does at the start, so that Microsoft's libraries run in the test's own process as they are: no network module,
// fetch or agent of ours in between, and their errors can be told apart by class. README.md's own commands prove the variable.
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { SecureDoor } from './listen.ts';
import { startEmulator } from './server.ts';
import type { Emulator, EmulatorOptions } from './server.ts';

export type SecureEmulator = Emulator & { secure: SecureDoor };

export async function startTrusted(options: EmulatorOptions = {}): Promise<SecureEmulator> {
  const emulator = await startEmulator({ httpsPort: 0, ...options });
  const { secure } = emulator;
  if (secure === undefined) throw new Error('The emulator has no HTTPS.');
  setDefaultCACertificates([...getCACertificates('default'), secure.ca]);
  return { ...emulator, secure };
}
