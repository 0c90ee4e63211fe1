import { digestLine } from './digest.ts';

/** A line of the log with its place in the chain. */
export interface SealedLine {
  /** "\n" included. */
  readonly text: string;
  readonly hash: string;
}

/** What the end of a line says of the chain. */
export interface Seal {
  /** The hash of the line before it; null in the first line of a run. */
  readonly prev: string | null;
  /** Of this line, as it says itself. */
  readonly hash: string;
  /** Whether that is the hash of what stands before it. */
  readonly isIntact: boolean;
}

const SEAL = /,"prev":(?:null|"([0-9a-f]{64})"),"hash":"([0-9a-f]{64})"\}$/;
/** Characters of `,"hash":"..."}`. */
const HASH_MEMBER = 75;
/** Characters of the longest seal. */
const LONGEST_SEAL = 150;

/**
 * Ends a line with the hash of the line before it, and with its own: the SHA-256 of all that stands before `,"hash"`.
 * `body` is a JSON object, ASCII, on one line.
 */
export function sealLine(body: string, prev: string | null): SealedLine {
  const sealed = `${body.slice(0, -1)},"prev":${prev === null ? 'null' : `"${prev}"`}`;
  const hash = digestLine(sealed);
  return { text: `${sealed},"hash":"${hash}"}\n`, hash };
}

/** The seal of a line without its "\n"; null where it has none. */
export function readSeal(line: string): Seal | null {
  const [, prev, hash] = SEAL.exec(line.slice(-LONGEST_SEAL)) ?? [];
  if (hash === undefined) return null;
  return { prev: prev ?? null, hash, isIntact: digestLine(line.slice(0, -HASH_MEMBER)) === hash };
}
