// The small layer between node:http and the routes: read a request, write an answer, and let a fault spoil it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault, Json } from './model.ts';

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

/** The answer as a fault wants it, without the network's part (delay, cut). */
export function spoil(answer: Answer, fault: Fault, asked: Asked, errorFor: (status: number) => Json): Answer {
  const { status, headers, body, transform, malformed } = fault.answer;
  let next = answer;
  if (status !== undefined || body !== undefined) {
    const nextStatus = status ?? 200;
    next = {
      status: nextStatus,
      headers: { 'Content-Type': 'application/json', 'request-id': randomUUID() },
      body: body ?? (nextStatus >= 400 ? errorFor(nextStatus) : {}),
    };
  }
  if (headers !== undefined) next = { ...next, headers: { ...next.headers, ...headers } };
  if (transform !== undefined && typeof next.body === 'object' && next.body !== null && !Array.isArray(next.body))
    next = { ...next, body: transformed(next.body, transform, asked) };
  if (malformed === true)
    next = { ...next, body: undefined as never, text: `${JSON.stringify(next.body ?? {}).slice(0, 40)}<!-- not JSON` };
  return next;
}

function transformed(
  body: { [name: string]: Json },
  transform: NonNullable<Fault['answer']['transform']>,
  asked: Asked,
): Json {
  if (transform === 'drop-value') {
    const { value: _value, ...rest } = body;
    return rest;
  }
  const { '@odata.deltaLink': _link, ...rest } = body;
  const next = new URL(asked.url);
  if (transform === 'foreign-next') {
    next.protocol = 'https:';
    next.host = 'graph.attacker.example';
  }
  return { ...rest, '@odata.nextLink': next.href };
}

export async function send(response: ServerResponse, answer: Answer, fault: Fault | undefined): Promise<void> {
  if (fault?.answer.delayMs !== undefined) await wait(fault.answer.delayMs);
  const content = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
  const bytes = answer.bytes ?? Buffer.from(content);
  const headers: Record<string, string> = { ...answer.headers };
  if (answer.body !== undefined && answer.text === undefined)
    headers['Content-Type'] ??= 'application/json; charset=utf-8';
  headers['Content-Length'] = String(bytes.length);
  response.writeHead(answer.status, headers);
  if (fault?.answer.cut === true) {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)));
    await wait(20); // lets the first half leave before the line goes dead
    response.destroy();
    return;
  }
  response.end(bytes);
}
