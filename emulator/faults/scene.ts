// What a fault knows about the request that it has met, and what it may do to the answer.
import type { Answer, Asked } from '../http.ts';
import type { Line } from './line.ts';

export interface Scene {
  asked: Asked;
  /** Origin by which the client came. */
  publicUrl: string;
  /** The emulator's time in milliseconds. */
  at: number;
  faultId: string;
  /** What this fault has done so far, kept from one request to the next. */
  memory: Set<string>;
  /** Whether the application registered the address. */
  isRegistered(clientId: string, redirectUri: string): boolean;
}

export interface Effect {
  /** Given in place of the right answer, which is then not worked out: a token endpoint that "fails" must not use up the code. */
  instead?(scene: Scene): Answer;
  /** What becomes of the right answer. */
  change?(answer: Answer, scene: Scene): Answer;
  /** How the answer goes over the line, when it has a line of its own. */
  line?: Line;
  /** Whether what comes out still has the shape that Microsoft's answers have. */
  wellShaped: boolean;
}

/** Marks a link of ours with the fault that made it, so that this one lets it pass. */
export const PAST = 'emulator-past';

export const isGraph = (path: string): boolean => /^\/v1\.0(\/|$)/i.test(path);
export const isTokenEndpoint = (path: string): boolean => /\/oauth2\/v2\.0\/token$/i.test(path);
export const isAuthorizeEndpoint = (path: string): boolean =>
  /\/(oauth2\/v2\.0\/authorize|(v2\.0\/)?adminconsent)$/i.test(path);
/** Addresses whose answer is a page of objects. */
export const isList = (path: string): boolean =>
  /^\/v1\.0\/.*?(users|groups|delta(\(\))?|(transitive)?members?(of)?|owners|directreports|microsoft\.graph\.\w+)$/i.test(
    path,
  );
export const isDelta = (path: string): boolean =>
  /^\/v1\.0\/(users|groups)\/(microsoft\.graph\.)?delta(\(\))?$/i.test(path);
