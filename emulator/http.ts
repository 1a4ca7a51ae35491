// The small layer between node:http and the routes: read a request, write an answer.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendOver } from './faults/line.ts';
import type { Line } from './faults/line.ts';
import type { Json } from './model.ts';

export interface Asked {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: string;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** An object goes out as JSON. */
  body?: Json;
  text?: string;
  bytes?: Buffer;
}

const BODY_BYTES_MAX = 4 << 20;
/** A client reads the refusal only after it has sent everything, so a body that is too large is read to its end, up to this. */
const DISCARDED_BYTES_MAX = 64 << 20;

export class TooLarge extends Error {}

export async function readAsked(request: IncomingMessage, base: string): Promise<Asked> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer; // no encoding is set on the stream
    size += bytes.length;
    if (size > DISCARDED_BYTES_MAX) break;
    if (size <= BODY_BYTES_MAX) chunks.push(bytes);
  }
  if (size > BODY_BYTES_MAX) throw new TooLarge('The body is too large.');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return {
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', base),
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

export const form = (asked: Asked): URLSearchParams => new URLSearchParams(asked.body);

const OWN_FILES = "; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'";

export const page = (status: number, html: string, scripts = false): Answer => ({
  status,
  text: html,
  headers: {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    // No form-action: a sign-in ends in a redirect to the application, which some browsers count as part of the form.
    'Content-Security-Policy': `default-src 'none'; img-src data:; base-uri 'none'; frame-ancestors 'none'${scripts ? OWN_FILES : "; style-src 'unsafe-inline'"}`,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  },
});

export const redirect = (to: string): Answer => ({
  status: 302,
  headers: { Location: to, 'Cache-Control': 'no-store' },
});

export const html = (value: string): string =>
  value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

export async function send(response: ServerResponse, answer: Answer, line: Line = {}): Promise<void> {
  const content = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
  const bytes = answer.bytes ?? Buffer.from(content);
  const headers: Record<string, string> = { ...answer.headers };
  if (answer.body !== undefined && answer.text === undefined)
    headers['Content-Type'] ??= 'application/json; charset=utf-8';
  headers['Content-Length'] = String(bytes.length);
  await sendOver(line, response, bytes, () => response.writeHead(answer.status, headers));
}
