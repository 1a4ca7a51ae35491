// The words of a mail: every kind in both languages, the same content as text and as HTML, links that lead where the web app's
// own do, and nothing that a mail program would run (T16).
import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { paths } from '../../web/src/paths.ts';
import { newId } from '../base/ids.ts';
import { notificationKinds, notificationTargetSchema } from '../contract/api-notifications.ts';
import { errorCodes } from '../contract/errors.ts';
import { addressOfTarget } from './addresses.ts';
import { writeNoticeMail, writeTestMail, type MailOf, type Notice } from './notice-mail.ts';

const id = newId();
const publicUrl = 'https://samsyn.norrsken.test';
const sv: MailOf = { language: 'sv', organisation: { id, name: 'Norrsken AB' }, publicUrl };
const en: MailOf = { ...sv, language: 'en' };
const notice = (kind: Notice['kind'], params: Notice['params'] = {}): Notice => ({
  kind,
  params,
  target: 'overview',
  targetId: null,
});

describe('the subject', () => {
  test.each<[MailOf, Notice[], string]>([
    [sv, [notice('new_people', { count: 1 })], '1 ny person i Entra ID – Norrsken AB'],
    [en, [notice('new_people', { count: 1 })], '1 new person in Entra ID – Norrsken AB'],
    [en, [notice('new_people', { count: 1234 })], '1,234 new people in Entra ID – Norrsken AB'],
    [en, [notice('gone', { count: 2 }), notice('changed', { people: 1, fields: 3 })], '2 people are gone from Entra ID or out of scope, and 1 more thing – Norrsken AB'],
    [sv, [notice('gone', { count: 2 }), notice('new_people', { count: 1 }), notice('changed', { people: 1, fields: 3 })], '2 personer är borta från Entra ID eller utanför omfattningen, och 2 saker till – Norrsken AB'],
  ])('says what happened and where (%#)', async (about, notices, subject) => {
    expect((await writeNoticeMail(notices, about)).subject).toBe(subject);
  }); // prettier-ignore
});

test.each(notificationKinds.flatMap((kind) => [sv, en].map((about) => ({ kind, about, language: about.language }))))(
  '$kind in $language: whole sentences, as text and as HTML alike',
  async ({ kind, about }) => {
    const params = { count: 3, people: 2, fields: 5, code: 'graph_busy', person: 'Åsa Öberg', tenant: 'Fjäll & Bygg' };
    const { subject, text, html } = await writeNoticeMail([notice(kind, params)], about);
    for (const part of [subject, text, html]) expect(part).not.toMatch(/\{\{|\}\}|\bundefined\b|\bNaN\b|notifications\.|mail\.|errors\./);
    const shown = (await simpleParser(`Content-Type: text/html; charset=utf-8\n\n${html}`)).text ?? '';
    const words = (value: string) => value.replace(/https?:\S+|^-- $|[[\]]|^Samsyn$/gm, ' ').replace(/:\s/g, ' ').split(/\s+/).filter(Boolean).join(' ').toLowerCase();
    expect(words(shown)).toBe(words(text));
    expect(html).toContain(`<html lang="${about.language}">`);
    expect(text.startsWith(about.language === 'sv' ? 'Hej!\n' : 'Hello,\n')).toBe(true);
    if (kind === 'connected') expect(text).toContain('Fjäll & Bygg');
  },
); // prettier-ignore

test('every cause of a failed run has words and something to do, in both languages', async () => {
  for (const about of [sv, en]) {
    const unknown = await writeNoticeMail([notice('run_failed', { code: 'not_a_code' })], about);
    const internal = await writeNoticeMail([notice('run_failed', { code: 'internal' })], about);
    expect(unknown).toEqual(internal);
    const texts = new Set<string>();
    for (const code of errorCodes) texts.add((await writeNoticeMail([notice('run_failed', { code })], about)).text);
    expect(texts.size).toBeGreaterThan(errorCodes.length * 0.9);
  }
});

test.each(['group_gone', 'group_back'] as const)(
  'F8: %s names the group in the text, and nothing of the directory in the subject (T18)',
  async (kind) => {
    for (const about of [sv, en]) {
      const { subject, text, html } = await writeNoticeMail([notice(kind, { group: 'Växel <b>Nord</b>' })], about);
      expect(subject).not.toContain('Växel');
      expect(text).toContain('Växel <b>Nord</b>');
      expect(html).toContain('Växel &lt;b&gt;Nord&lt;/b&gt;');
    }
  },
);

test('links lead to the addresses of the web app', () => {
  const runId = newId();
  const at = (target: Notice['target'], targetId: string | null = null) =>
    addressOfTarget(publicUrl, id, { target, targetId });
  expect({
    available: at('available'), gone: at('gone'), run: at('run', runId), runs: at('run'), overview: at('overview'), connect: at('connect'),
  }).toEqual({
    available: publicUrl + paths.entraUsers(id, 'available'),
    gone: publicUrl + paths.entraUsers(id, 'gone'),
    run: publicUrl + paths.entraRun(id, runId),
    runs: publicUrl + paths.entraRuns(id),
    overview: publicUrl + paths.entraOverview(id),
    connect: publicUrl + paths.entraConnect(id),
  }); // prettier-ignore
  expect(notificationTargetSchema.options).toHaveLength(5);
  expect(at('run', '../../evil?x=1#y')).toBe(`${publicUrl}/settings/${id}/entra/runs/..%2F..%2Fevil%3Fx%3D1%23y`);
});

test('each notice has its link, the same in the text and in the HTML, and there is no other', async () => {
  const notices: Notice[] = [
    { ...notice('gone', { count: 1 }), target: 'gone' },
    { ...notice('new_people', { count: 1 }), target: 'available' },
    { ...notice('changed', { people: 1, fields: 1 }), target: 'run', targetId: newId() },
  ];
  const { text, html } = await writeNoticeMail(notices, sv);
  const expected = notices.map((one) => addressOfTarget(publicUrl, id, one));
  expect([...text.matchAll(/https?:\S+/g)].map(String)).toEqual(expected);
  expect(
    [...html.matchAll(/(?:href|src|action|background|url)\s*[=(]\s*"?([^"\s>)]+)/g)].map((match) => match[1]),
  ).toEqual(expected);
});

test('names show as they are and run nowhere', async () => {
  const name = `<img src=x onerror=alert(1)>"'&amp;{{count}}$t(mail.greeting)`;
  const about = { ...sv, organisation: { id, name } };
  for (const { html, text } of [
    await writeNoticeMail([notice('connected', { person: name, tenant: name })], about),
    await writeTestMail(about),
  ]) {
    expect(html).not.toMatch(/<(img|script)/);
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;amp;{{count}}$t(mail.greeting)');
    expect(text).toContain(name);
  }
});

test('the test mail says that it works, whose notices come, and how to be rid of them', async () => {
  const [swedish, english] = [await writeTestMail(sv), await writeTestMail(en)];
  expect(swedish.subject).toBe('Testmejl från Samsyn – Norrsken AB');
  expect(english.subject).toBe('Test mail from Samsyn – Norrsken AB');
  expect(swedish.text).toContain('Det fungerar');
  expect(english.text).toContain('An administrator there can remove it.');
});
