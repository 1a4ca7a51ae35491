// A real SMTP server that keeps what it is handed, read by a real parser. A test may let it refuse.
import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  /** Of the envelope: whom it really goes to. */
  from: string;
  to: string[];
  raw: string;
  parsed: ParsedMail;
}

export interface MailServer {
  url: string;
  mails: ReceivedMail[];
  /** The answer to every recipient from now on; null: all are welcome. */
  refusal: { code: number; text: string } | null;
  /** How often somebody has tried to hand over a mail. */
  tries: number;
  close(): Promise<void>;
}

/** With `login`, only whoever has it may hand over a mail. */
export async function startMailServer(login?: { user: string; password: string }): Promise<MailServer> {
  const server = new SMTPServer({
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: login === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
    logger: false,
    onAuth({ username, password }, _session, callback) {
      if (made.refusal) callback(Object.assign(new Error(made.refusal.text), { responseCode: made.refusal.code }));
      else if (username === login?.user && password === login?.password) callback(null, { user: username });
      else callback(new Error('Wrong user or password'));
    },
    onRcptTo(_address, _session, callback) {
      made.tries += 1;
      if (!made.refusal) return callback();
      return callback(Object.assign(new Error(made.refusal.text), { responseCode: made.refusal.code }));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks);
        const { mailFrom, rcptTo } = session.envelope;
        const keep = async () => {
          made.mails.push({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map(({ address }) => address),
            raw: raw.toString('utf8'),
            parsed: await simpleParser(raw),
          });
        };
        // oxlint-disable-next-line promise/no-callback-in-promise -- the server's library waits for its callback
        keep().then(() => callback(), callback);
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.server.address() as AddressInfo; // it listens on a port
  const made: MailServer = {
    url: `smtp://${login === undefined ? '' : `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`}127.0.0.1:${port}`,
    mails: [],
    refusal: null,
    tries: 0,
    close: () => new Promise<void>((done) => server.close(() => done())),
  };
  return made;
}
