// The closed list of errors against what has been seen of it: in a browser, with its words in both languages (e2e/errors.e2e.ts), or,
// for what no page of ours can bring about, in the test of the API that is named here with the reason.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorCases } from '../e2e/error-cases.ts';
import { errorCodes, type ErrorCode } from '../src/contract/errors.ts';
import { en } from '../src/i18n/en.ts';
import { sv } from '../src/i18n/sv.ts';

/** Only for who calls the API by a program. */
const elsewhere: Partial<Record<ErrorCode, { why: string; test: string }>> = {
  run_unsafe: {
    why: 'nothing that anybody can do brings it about: it is the last check of a run on itself',
    test: 'src/sync/assert-safe.test.ts',
  },
  payload_too_large: {
    why: 'no form of the app takes a megabyte',
    test: 'src/http/server.test.ts',
  },
  groups_empty: {
    why: 'the page does not save chosen groups as long as none is chosen',
    test: 'src/http/routes/settings-refusals.test.ts',
  },
  field_mapped_twice: {
    why: 'the page offers a field only as long as it is not coupled',
    test: 'src/http/routes/settings-refusals.test.ts',
  },
  default_field_required: {
    why: 'the page has no button that takes a default field away',
    test: 'src/http/routes/settings-refusals.test.ts',
  },
  recipients_empty: {
    why: 'the page does not save notices without a recipient',
    test: 'src/http/routes/settings-refusals.test.ts',
  },
};

const seen = Object.values(errorCases).flatMap(({ cases }) => cases.map(({ code }) => code));

describe('the closed list of errors', () => {
  test('each code is met in a browser, or in the API test that is named with the reason; none in both, none twice', () => {
    const covered = [...seen, ...Object.keys(elsewhere)];
    expect(covered.toSorted()).toEqual([...errorCodes].toSorted());
  });

  test.each(Object.entries(elsewhere))('%s is met where it is said to be', (code, told) => {
    expect(readFileSync(path.join(import.meta.dirname, '..', told.test), 'utf8')).toContain(`'${code}'`);
  });

  test.each([
    ['sv', sv.errors],
    ['en', en.errors],
  ])('no two codes say the same in %s, so that what is read on a page tells which it is', (_language, words) => {
    const titles = Object.values(words).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
