import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

export interface StoredLine {
  /** Without its "\n". */
  readonly bytes: Buffer;
  /** Where it begins in its file. */
  readonly offset: number;
  /** No "\n" ends it. */
  readonly isTorn: boolean;
}

const CHUNK = 256 << 10;
/** The guard writes no longer one; what is beyond is passed over as an empty line that nobody can take for one. */
const MOST = 16 << 20;
const NEWLINE = 0x0a;
const EMPTY = Buffer.alloc(0);

/**
 * The lines of a file from an offset on, as they were when reading began, in memory that does not grow with the file.
 * Throws where it cannot be read.
 */
export function* readLines(path: string, from: number = 0): Generator<StoredLine> {
  const fd = openLog(path);
  try {
    const { size } = fstatSync(fd);
    let held: Buffer | null = EMPTY;
    let offset = from;
    for (let at = from; at < size;) {
      const chunk = readAt(fd, at, Math.min(CHUNK, size - at));
      if (chunk.length === 0) break;
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        yield { bytes: join(held, chunk.subarray(start, end)) ?? EMPTY, offset, isTorn: false };
        held = EMPTY;
        start = end + 1;
        offset = at + start;
      }
      held = join(held, chunk.subarray(start));
      at += chunk.length;
    }
    if (held === null || held.length > 0) yield { bytes: held ?? EMPTY, offset, isTorn: true };
  } finally {
    closeSync(fd);
  }
}

/** The last lines of a file first, read from its end. A torn last line is passed over. */
export function* readLinesBackward(path: string): Generator<StoredLine> {
  const fd = openLog(path);
  try {
    let end = fstatSync(fd).size;
    /** What stands behind `end` and belongs to a line that begins before it. */
    let held: Buffer | null = EMPTY;
    let isLast = true;
    while (end > 0) {
      const start = Math.max(0, end - CHUNK);
      const chunk = readAt(fd, start, end - start);
      let stop = chunk.length;
      for (let at = findBefore(chunk, stop); at !== -1; at = findBefore(chunk, stop)) {
        const bytes = join(chunk.subarray(at + 1, stop), held) ?? EMPTY;
        if (!isLast) yield { bytes, offset: start + at + 1, isTorn: false };
        held = EMPTY;
        isLast = false;
        stop = at;
      }
      held = join(chunk.subarray(0, stop), held);
      end = start;
    }
    if (!isLast) yield { bytes: held ?? EMPTY, offset: 0, isTorn: false };
  } finally {
    closeSync(fd);
  }
}

/** The lines, or none where the file has gone since it was listed: a guard removes what is old. */
export function* passAbsent(lines: Iterable<StoredLine>): Generator<StoredLine, undefined> {
  try {
    yield* lines;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

/** Null where a line is too long, or was before. */
function join(first: Buffer | null, second: Buffer | null): Buffer | null {
  if (first === null || second === null || first.length + second.length > MOST) return null;
  if (first.length === 0) return second;
  return second.length === 0 ? first : Buffer.concat([first, second]);
}

function findBefore(bytes: Buffer, stop: number): number {
  return stop === 0 ? -1 : bytes.lastIndexOf(NEWLINE, stop - 1);
}

/** What somebody has put in the place of a log is neither followed nor waited for. */
function openLog(path: string): number {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new Error('it is no regular file');
}

function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, position));
}
