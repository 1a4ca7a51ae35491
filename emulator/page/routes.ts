// The page for people, as files that lie beside this one.
import { readFileSync } from 'node:fs';
import { page } from '../http.ts';
import type { Answer, Asked } from '../http.ts';

const file = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

export function answerPage(asked: Asked): Answer {
  switch (asked.url.pathname) {
    case '/': return page(200, file('./directory.html'), true);
    case '/_page/directory.js': return { status: 200, headers: { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'no-cache' }, text: file('./directory.js') };
    case '/_page/words.js': return { status: 200, headers: { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'no-cache' }, text: file('./words.js') };
    default: return page(404, '<!doctype html><title>Not found</title><p>There is nothing at this address.</p>');
  }
}
