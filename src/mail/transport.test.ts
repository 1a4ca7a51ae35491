// Mail against a real SMTP server: what arrives is what was meant, and nothing in a name or address becomes a recipient or a
// header (T18).
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startMailServer, type MailServer } from '../../test/mail-server.ts';
import { isMailRecipient } from '../contract/field-value.ts';
import { writeNoticeMail, writeTestMail, type Notice } from './notice-mail.ts';
import { createTransport, type Transport } from './transport.ts';

const publicUrl = 'https://samsyn.norrsken.test';
const id = '01a212ea-50f2-7339-bfed-041f14f7b477';
let server: MailServer;
let transport: Transport;

beforeAll(async () => {
  server = await startMailServer();
  transport = createTransport({ smtpUrl: `${server.url}?pool=true`, from: 'Samsyn <samsyn@norrsken.test>' });
});
afterAll(async () => {
  transport.close();
  await server.close();
});
beforeEach(() => {
  server.mails.length = 0;
  server.refusal = null;
});

const plain = { subject: 'Ämne', text: 'Hej', html: '<p>Hej</p>', messageId: '<a@samsyn.test>' };
const organisation = (name: string) => ({ language: 'sv' as const, organisation: { id, name }, publicUrl });
const newPeople: Notice = { kind: 'new_people', params: { count: 2 }, target: 'available', targetId: null };

describe('a mail', () => {
  test('arrives once, from the sender to the recipient, as text and as HTML', async () => {
    const written = await writeNoticeMail([newPeople], organisation('Åkeri & Söner AB'));
    await transport.send({ to: 'asa@fjall.test', messageId: '<42@samsyn.norrsken.test>', ...written });
    expect(server.mails).toHaveLength(1);
    const [{ from, to, parsed } = expect.fail()] = server.mails;
    expect([from, to]).toEqual(['samsyn@norrsken.test', ['asa@fjall.test']]);
    expect(parsed.from?.text).toBe('"Samsyn" <samsyn@norrsken.test>');
    expect([parsed.to].flat().map((one) => one?.text)).toEqual(['asa@fjall.test']);
    expect(parsed.subject).toBe('2 nya personer i Entra ID – Åkeri & Söner AB');
    expect(parsed.messageId).toBe('<42@samsyn.norrsken.test>');
    expect(parsed.headers.get('auto-submitted')).toBe('auto-generated');
    expect(parsed.text).toContain('Åkeri & Söner AB');
    expect(parsed.html).toContain('Åkeri &amp; Söner AB');
    expect(parsed.attachments).toEqual([]);
  });

  test('to a domain with å ä ö is handed over as every server understands it', async () => {
    await transport.send({ to: 'asa@åkeri.example', ...plain });
    // The server shows the envelope in letters again; the header is as it was sent.
    expect(server.mails[0]?.to).toEqual(['asa@åkeri.example']);
    expect(server.mails[0]?.raw).toContain(`\r\nTo: asa@${new URL('http://åkeri.example').hostname}\r\n`);
  });

  test.each([
    'evil,a@b.se',
    'evil;a@b.se',
    'a@b.se,evil@x.se', 'a@b.se evil@x.se', 'a@b.se\r\nRCPT TO:<evil@x.se>', '"a@b.se,evil@x.se"@c.se', 'a@b.se;evil@x.se',
    '<evil@x.se>a@b.se', 'a@b.se>\nBcc: evil@x.se', 'evil@x.se (a@b.se)', 'Eve <evil@x.se>', 'åsa@b.se', 'a@b', '', '@b.se', 'a@b.se\0',
    `${'a'.repeat(65)}@b.se`, 'a@[127.0.0.1]', 'a@b..se', '.a@b.se',
  ])('to %j does not leave', async (to) => {
    await expect(transport.send({ to, ...plain })).rejects.toMatchObject({ name: 'MailError', failure: 'address' });
    expect(server.mails).toEqual([]);
  }); // prettier-ignore
});

describe('failures', () => {
  test('the server says no: refused, with what it said', async () => {
    server.refusal = { code: 550, text: 'No such person here' };
    await expect(transport.send({ to: 'asa@fjall.test', ...plain })).rejects.toMatchObject({
      failure: 'refused',
      answer: expect.stringContaining('No such person here') as string,
    });
  });

  test('nobody answers: unreachable', async () => {
    const away = createTransport({ smtpUrl: 'smtp://127.0.0.1:1', from: 'samsyn@norrsken.test' });
    await expect(away.send({ to: 'asa@fjall.test', ...plain })).rejects.toMatchObject({ failure: 'unreachable' });
    away.close();
  });

  test.each([
    { smtpUrl: undefined, from: 'samsyn@norrsken.test' },
    { smtpUrl: 'smtp://127.0.0.1:1', from: undefined },
  ])('no server or no sender: not configured', async (options) => {
    const none = createTransport(options);
    expect(none.isConfigured).toBe(false);
    await expect(none.send({ to: 'asa@fjall.test', ...plain })).rejects.toMatchObject({
      failure: 'not_configured',
      answer: null,
    });
  });
});

describe('hostile names', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .array(
        fc.constantFrom('\r\n', '\n', '\r', '\u2028', '\0', 'Bcc: evil@x.se', 'To: evil@x.se', 'Content-Type: text/html', '\r\n\r\n', '<script>', '"', '=?utf-8?B?', '?=', '{{organisation}}', '$t(mail.footer)', ' ', 'Åkeri', '\t', '\u202E', ',', '<evil@x.se>', '.\r\n', '%0d%0a'),
        { minLength: 1, maxLength: 8 },
      )
      .map((parts) => parts.join('')),
  ); // prettier-ignore
  const headers = ['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to'];

  test('whatever an organisation is called: one recipient, the same headers, one line of subject', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, fc.constantFrom(0, 1), async (name, which) => {
        server.mails.length = 0;
        const written = which
          ? await writeTestMail(organisation(name))
          : await writeNoticeMail([newPeople], organisation(name));
        expect(written.subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        await transport.send({ to: 'asa@fjall.test', messageId: plain.messageId, ...written });
        const [{ to, parsed } = expect.fail()] = server.mails;
        expect(to).toEqual(['asa@fjall.test']);
        expect([...parsed.headers.keys()].toSorted()).toEqual(headers);
        expect([parsed.cc, parsed.bcc, parsed.replyTo]).toEqual([undefined, undefined, undefined]);
        expect(parsed.headers.get('content-type')).toMatchObject({ value: 'multipart/alternative' });
        expect(String(parsed.html)).not.toContain('<script>');
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test('whatever is given as an address: it goes to exactly that one, or nowhere', async () => {
    const part = fc.constantFrom(
      'a',
      'evil',
      '@',
      'x.se',
      'b.se',
      ',',
      ';',
      ' ',
      '<',
      '>',
      '"',
      '\r\n',
      '\n',
      ':',
      '(',
      ')',
      '\\',
      '.',
      'å',
      '+',
      "'",
      '\0',
      '[',
      '%',
      '!',
      'RCPT TO:',
    );
    const likely = fc
      .tuple(
        fc.constantFrom('a', 'a.b', "o'hara", 'a+b', 'a%b', 'a!b', 'x=y'),
        fc.constantFrom('b.se', 'x.example', 'å.se'),
      )
      .map(([name, host]) => `${name}@${host}`);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          likely,
          fc.array(part, { maxLength: 9 }).map((parts) => parts.join('')),
          fc.emailAddress(),
        ),
        async (to) => {
          server.mails.length = 0;
          const end = await transport.send({ to, ...plain }).then(() => 'sent', () => 'refused'); // prettier-ignore
          expect(server.mails).toHaveLength(end === 'sent' ? 1 : 0);
          if (end === 'refused') return;
          expect(isMailRecipient(to)).toBe(true);
          const host = to.slice(to.lastIndexOf('@') + 1);
          expect(server.mails.map((mail) => mail.to.map((one) => one.toLowerCase()))).toEqual([[`${to.slice(0, to.lastIndexOf('@'))}@${host}`.toLowerCase()]]); // prettier-ignore
          const shown = [server.mails[0]?.parsed.to].flat().flatMap((one) => one?.value ?? []);
          expect(shown).toHaveLength(1);
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);
});
