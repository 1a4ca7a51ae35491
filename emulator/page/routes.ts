// The page for people, as files that lie beside this one.
import { readFileSync } from 'node:fs';
import { page } from '../http.ts';
import type { Answer, Asked } from '../http.ts';

const SCRIPTS = ['directory.js', 'faults.js', 'parts.js', 'words.js'];

const file = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');

export function answerPage(asked: Asked): Answer {
  if (asked.url.pathname === '/') return page(200, file('directory.html'), true);
  const script = SCRIPTS.find((name) => asked.url.pathname === `/_page/${name}`);
  if (script === undefined)
    return page(404, '<!doctype html><title>Not found</title><p>There is nothing at this address.</p>');
  return {
    status: 200,
    headers: { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'no-cache' },
    text: file(script),
  };
}
