/**
 * Which bytes are a key that a person pressed for what they saw. A key counts when it came alone: after the question
 * had stood in quiet for a while, and with nothing right behind it. What was typed ahead, pasted text, escape
 * sequences and letters outside ASCII are none. Pure: the time comes in.
 */

/** How long nothing may have been typed before a key counts; anything typed begins it anew until it has passed. */
const QUIET_MS = 400;
/** How long a key must stay alone. */
const ALONE_MS = 70;

export interface Keypress {
  /** When something was last typed that does not count, or the question came to stand. */
  readonly quietSince: number;
  /** A key that may still turn out to be the beginning of more. */
  readonly candidate: { readonly byte: number; readonly at: number } | null;
}

/** A question stands on the screen since now. */
export function awaitKey(now: number): Keypress {
  return { quietSince: now, candidate: null };
}

/** What was read at this moment, perhaps nothing: the key that counts now, if one does. */
export function readKeypress(
  state: Keypress,
  bytes: Uint8Array,
  now: number,
): [next: Keypress, key: string | null] {
  const { candidate, quietSince } = state;
  const [byte] = bytes;
  if (byte === undefined) {
    if (candidate === null || now - candidate.at < ALONE_MS) return [state, null];
    // A key that means nothing must not hold up the next one.
    return [{ quietSince, candidate: null }, String.fromCharCode(candidate.byte)];
  }
  const isAlone = bytes.length === 1 && candidate === null && now - quietSince >= QUIET_MS;
  return [isAlone ? { quietSince, candidate: { byte, at: now } } : awaitKey(now), null];
}
