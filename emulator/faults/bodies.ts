// Bodies that no client may trust: JSON that breaks off, a stranger's sign-in page, and a small answer that unpacks to a huge one.
import { gzipSync } from 'node:zlib';
import { page } from '../http.ts';
import type { Answer } from '../http.ts';

/** The beginning of the right answer, and then something else. */
export const malformed = (answer: Answer): Answer => {
  const { body, ...rest } = answer;
  return { ...rest, text: `${JSON.stringify(body ?? {}).slice(0, 40)}<!-- not JSON` };
};

/** What a network says that wants to be paid or agreed with first. */
export function captive(status: number): Answer {
  const address = 'http://portal.example/welcome';
  const answer = page(
    status,
    `<!doctype html><html lang="en"><head><title>Welcome</title></head><body><h1>Welcome to the network</h1><p><a href="${address}">Accept the terms to go on.</a></p></body></html>`,
  );
  return status === 302 ? { ...answer, headers: { ...answer.headers, Location: address } } : answer;
}

const MEGABYTE = 1 << 20;

/** About a thousandth of it goes over the line. Parts of a gzip stream may follow each other, so one packed megabyte is enough. */
export function bombed(megabytes: number): Answer {
  const spaces = gzipSync(Buffer.alloc(MEGABYTE, ' '));
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
    bytes: Buffer.concat([gzipSync('{"value":['), ...Array.from({ length: megabytes }, () => spaces), gzipSync(']}')]),
  };
}
