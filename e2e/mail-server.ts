// A real mail server that keeps what it gets, and can be told to refuse.
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface Received {
  /** Of the envelope. */
  to: string[];
  mail: ParsedMail;
}

export interface MailServer {
  url: string;
  received: Received[];
  /** Answered to every recipient instead of accepting; null accepts. */
  refuseWith: string | null;
  close(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo(_address, _session, done) {
      if (state.refuseWith === null) return done();
      return done(Object.assign(new Error(state.refuseWith), { responseCode: 550 }));
    },
    onData(stream, session, done) {
      const to = session.envelope.rcptTo.map(({ address }) => address);
      simpleParser(stream)
        .then((mail) => received.push({ to, mail }))
        .then(() => done(), done);
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const state: MailServer = {
    url: `smtp://127.0.0.1:${port}`,
    received,
    refuseWith: null,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
  return state;
}
