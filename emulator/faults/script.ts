// A fault that is spelt out: a status, a body, headers, a delay, a cut. The tests' oldest way, and still the freest.
import type { Answer, Asked } from '../http.ts';
import type { Json } from '../model.ts';
import { malformed } from './bodies.ts';
import { failureAnswer } from './failures.ts';
import type { Script } from './fault.ts';
import { isGraph } from './scene.ts';
import type { Effect, Scene } from './scene.ts';

export function scriptEffect(script: Script, path: string): Effect {
  const { status, body, headers, transform, delayMs, cut } = script;
  return {
    ...(status !== undefined || body !== undefined
      ? { instead: (scene: Scene) => scripted({ status: status ?? 200, body }, scene) }
      : {}),
    change(answer, { asked }) {
      let next = answer;
      if (headers !== undefined) next = { ...next, headers: { ...next.headers, ...headers } };
      if (transform !== undefined && isObject(next.body))
        next = { ...next, body: transformed(next.body, transform, asked) };
      return script.malformed === true ? malformed(next) : next;
    },
    line: { ...(delayMs === undefined ? {} : { delayMs }), ...(cut === true ? { cutAfter: 0.5 } : {}) },
    wellShaped: isWellShaped(script, path),
  };
}

function scripted({ status, body }: { status: number; body: Json | undefined }, scene: Scene): Answer {
  if (status >= 400 && body === undefined) return failureAnswer({ status }, scene);
  return { status, headers: { 'Content-Type': 'application/json' }, body: body ?? {} };
}

/** A failure has its envelope unless the script is there to break just that; what else a script says is its own affair. */
function isWellShaped({ status, body, malformed: isMalformed, transform }: Script, path: string): boolean {
  if (isMalformed === true || transform !== undefined || (status ?? 0) < 400) return false;
  return body === undefined || (isGraph(path) && isObject(body) && isObject(body['error']));
}

function transformed(body: { [name: string]: Json }, transform: NonNullable<Script['transform']>, asked: Asked): Json {
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

function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
