import { expect, test } from 'vitest';
import { manualClock } from '../../test/manual-clock.ts';
import { cleanText, createLogger, type LogFields } from './log.ts';

function capture(options: Parameters<typeof createLogger>[0] = {}): {
  log: ReturnType<typeof createLogger>;
  lines: string[];
} {
  const lines: string[] = [];
  return { log: createLogger({ clock: manualClock(), write: (line) => lines.push(line), ...options }), lines };
}

test('a line is one JSON object with time, level, message and fields', () => {
  const { log, lines } = capture();
  log.with({ organisation: 'o1' }).info('Run finished', { run: 'r1', count: 3, ms: 12 });
  expect(lines).toEqual([
    '{"time":"2026-03-02T08:00:00.000Z","level":"info","msg":"Run finished","organisation":"o1","run":"r1","ms":12,"count":3}\n',
  ]);
});

test('a field that is not on the list is dropped', () => {
  const { log, lines } = capture();
  // As a careless caller would: a whole row.
  log.info('Saved', { run: 'r1', email: 'anna@contoso.se', displayName: 'Anna Åberg' } as LogFields);
  expect(lines[0]).toContain('"run":"r1"');
  expect(lines[0]).not.toMatch(/anna|Åberg/i);
});

test('an object in an allowed field is dropped', () => {
  const { log, lines } = capture();
  // The types forbid it; data from outside may still do it.
  log.info('Saved', { reason: { name: 'Anna' } } as unknown as LogFields);
  expect(lines[0]).not.toContain('Anna');
});

test('an error gives its code, message and frames, and no more', () => {
  const { log, lines } = capture();
  const error = Object.assign(new Error('refused for anna@contoso.se with token=abc123'), {
    code: '23505',
    detail: 'Key (email)=(anna@contoso.se) already exists',
  });
  log.error('Failed', { error });
  const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>; // written by us, one line above
  expect(line).toMatchObject({
    code: '23505',
    errorName: 'Error',
    errorMessage: 'refused for [address] with token=[cut]',
  });
  expect(lines[0]).not.toMatch(/anna|abc123/);
});

test('a url loses its query, fragment and user', () => {
  const { log, lines } = capture();
  log.info('Asked', { url: 'https://u:p@graph.microsoft.com/v1.0/users/delta?$deltatoken=zzz#f' });
  expect(lines[0]).toContain('"url":"https://graph.microsoft.com/v1.0/users/delta"');
});

test.each([
  ['Bearer eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl', /eyJ/],
  ['eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl', /eyJ|c2ln/],
  ['connect to postgres://samsyn:hunter2@db:5432/x failed', /hunter2/],
  ['client_secret=Abc8Q~x', /Abc8Q/],
  ['{"client_secret":"Abc8Q~x"}', /Abc8Q/],
  ['POST https://login/x?code=0.AVcA failed', /AVcA/],
  ['key MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj', /MIIE/],
  ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----', /MIIE/],
  ['mail to anna.åberg@contoso.se bounced', /contoso/],
])('cuts the secret out of %j', (text, secret) => {
  expect(text).toMatch(secret);
  expect(cleanText(text)).not.toMatch(secret);
});

test('ids, names of tables and usual words stay', () => {
  const text = 'relation "directory_membership_generation" of 018f3a5e-7c1b-7abc-8def-0123456789ab: code 42P01';
  expect(cleanText(text)).toBe(text);
});

test('a level below the threshold writes nothing', () => {
  const { log, lines } = capture({ level: 'warn' });
  log.info('Quiet');
  log.warn('Loud');
  expect(lines).toHaveLength(1);
});

test('in a terminal a line is for a person', () => {
  const { log, lines } = capture({ format: 'plain' });
  log.info('Listening', { port: 3000 });
  log.error('Failed', { error: new Error('no room') });
  expect(lines).toEqual(['08:00:00  Listening port=3000\n', '08:00:00  error: Failed – no room\n']);
});
