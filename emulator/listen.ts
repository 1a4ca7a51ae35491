// The emulator's doors: plain HTTP always, and HTTPS beside it when asked for. Both lead to the same answers.
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { TLSSocket } from 'node:tls';
import { openCertificates } from './certificates.ts';

export interface Doors {
  /** Where clients reach the emulator over HTTP, and its port on this machine. */
  url: string;
  port: number;
  secure: SecureDoor | undefined;
  close(): Promise<void>;
}

export interface SecureDoor {
  url: string;
  port: number;
  /** PEM of the authority that clients have to trust. */
  ca: string;
  /** Where `ca` lies on disk, when there is a data directory. */
  caFile: string | undefined;
}

export async function openDoors(
  answer: RequestListener,
  of: {
    port: number;
    host: string;
    publicUrl: string | undefined;
    httpsPort: number | undefined;
    dataDir: string | undefined;
  },
): Promise<Doors> {
  const open: Server[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(
      open.map((server) => {
        const closed = new Promise<void>((done) => server.close(() => done()));
        server.closeAllConnections();
        return closed;
      }),
    );
  };
  try {
    const plain = createServer(answer);
    const port = await listen(plain, of.port, of.host);
    open.push(plain);
    const url = (of.publicUrl ?? `http://localhost:${port}`).replace(/\/$/, '');
    if (of.httpsPort === undefined) return { url, port, secure: undefined, close };
    const { hostname } = new URL(url);
    const { cert, key, ca, caFile } = await openCertificates({ dataDir: of.dataDir, host: hostname });
    const server = createSecureServer({ cert, key }, answer);
    const securePort = await listen(server, of.httpsPort, of.host);
    open.push(server);
    return { url, port, secure: { url: `https://${hostname}:${securePort}`, port: securePort, ca, caFile }, close };
  } catch (error) {
    // One door alone would keep the process alive that could not open the other.
    await close();
    throw error;
  }
}

export const cameSecurely = (request: IncomingMessage): boolean => request.socket instanceof TLSSocket;

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(port, host, done);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
