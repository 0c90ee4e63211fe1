import { hasLoneSurrogate } from '../../wire/token.ts';
import type { ArgPath, Step } from './condition.ts';

/** A name between dots. Digits alone look like the place in a list that `[0]` is. */
const NAME = /(?!\d+(?:[.[]|$))[\p{L}\p{N}_$][\p{L}\p{M}\p{N}_$-]*/uy;
const INDEX = /\[(0|[1-9]\d{0,8})\]/y;
const QUOTED = /\["(?:[^"\\]|\\.)*"\]/sy;

/** Reads `args`, then any number of `.name`, `[0]` and `["any key"]`, a JSON string; null where the text is no such path. */
export function parseArgPath(text: string): ArgPath | null {
  if (!text.startsWith('args')) return null;
  const steps: Step[] = [];
  for (let at = 'args'.length; at < text.length;) {
    const read = readStep(text, at);
    if (read === null) return null;
    steps.push(read.step);
    at = read.end;
  }
  return { text, steps };
}

interface Read {
  readonly step: Step;
  /** Behind its last character. */
  readonly end: number;
}

function readStep(text: string, at: number): Read | null {
  if (text.startsWith('.', at)) {
    const name = matchAt(NAME, text, at + 1);
    return name === null ? null : { step: { kind: 'key', key: name }, end: at + 1 + name.length };
  }
  const index = matchAt(INDEX, text, at);
  if (index !== null) {
    return { step: { kind: 'index', index: Number(index.slice(1, -1)) }, end: at + index.length };
  }
  const quoted = matchAt(QUOTED, text, at);
  if (quoted === null) return null;
  const key = readQuoted(quoted.slice(1, -1));
  return key === null ? null : { step: { kind: 'key', key }, end: at + quoted.length };
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function readQuoted(json: string): string | null {
  try {
    const key: unknown = JSON.parse(json);
    return typeof key === 'string' && !hasLoneSurrogate(key) ? key : null;
  } catch {
    return null;
  }
}
