// The page for people, as files that lie beside this one, and the product's typeface where it is installed.
import { existsSync, readFileSync } from 'node:fs';
import { page } from '../http.ts';
import type { Answer, Asked } from '../http.ts';

const FILES = [
  'directory.css',
  'directory.js',
  'deleted.js',
  'fault-choices.js',
  'fault-form.js',
  'fault-words.js',
  'faults.js',
  'groups.js',
  'parts.js',
  'people.js',
  'person.js',
  'words.js',
];
const FONTS = ['inter-latin-wght-normal.woff2', 'inter-latin-ext-wght-normal.woff2'];
const FONT_FOLDER = new URL('../../node_modules/@fontsource-variable/inter/files/', import.meta.url);
const NOTHING = '<!doctype html><title>Not found</title><p>There is nothing at this address.</p>';

export function answerPage(asked: Asked): Answer {
  if (asked.url.pathname === '/')
    return page(200, readFileSync(new URL('directory.html', import.meta.url), 'utf8'), true);
  const name = asked.url.pathname.replace(/^\/_page\//, '');
  if (FILES.includes(name)) {
    const type = name.endsWith('.css') ? 'text/css' : 'text/javascript';
    const text = readFileSync(new URL(name, import.meta.url), 'utf8');
    return { status: 200, headers: { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'no-cache' }, text };
  }
  const font = FONTS.includes(name) ? new URL(name, FONT_FOLDER) : undefined;
  if (font === undefined || !existsSync(font)) return page(404, NOTHING);
  const headers = { 'Content-Type': 'font/woff2', 'Cache-Control': 'max-age=86400' };
  return { status: 200, headers, bytes: readFileSync(font) };
}
