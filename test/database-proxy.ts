// Stands between Samsyn and PostgreSQL and cuts the line at a COMMIT: before the server has heard of it, or after the server has done it
// and before Samsyn hears. Samsyn sees the same of both (F47).
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface DatabaseProxy {
  connectionString: string;
  /** The next transaction in which a statement holds `words` loses its connection at its COMMIT. Answers when that has happened. */
  cutAtCommitOf(words: string, when: 'before' | 'after'): Promise<void>;
  close(): Promise<void>;
}

interface Trap {
  words: string;
  when: 'before' | 'after';
  sprung: () => void;
}

export async function startDatabaseProxy(connectionString: string): Promise<DatabaseProxy> {
  const to = new URL(connectionString);
  const folder = to.searchParams.get('host');
  const sockets = new Set<Socket>();
  let trap: Trap | null = null;

  const server = createServer((client) => {
    const target = folder?.startsWith('/')
      ? connect(`${folder}/.s.PGSQL.${to.port || '5432'}`)
      : connect(Number(to.port || 5432), to.hostname);
    let caught: Trap | null = null;
    let isDoomed = false;
    const cut = () => {
      client.destroy();
      target.destroy();
      caught?.sprung();
    };
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (data) => {
      const text = data.toString('latin1');
      if (trap && text.includes(trap.words)) {
        caught = trap;
        trap = null;
      }
      // As the driver sends it: a simple query of this one word.
      if (caught && /commit\0$/i.test(text)) {
        if (caught.when === 'before') return cut();
        isDoomed = true;
      }
      target.write(data);
    });
    target.on('data', (data) => (isDoomed ? cut() : client.write(data)));
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo; // it listens on a port

  const through = new URL(connectionString);
  through.searchParams.delete('host');
  through.hostname = '127.0.0.1';
  through.port = String(port);
  return {
    connectionString: through.href,
    cutAtCommitOf: (words, when) => new Promise((sprung) => (trap = { words, when, sprung })),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
