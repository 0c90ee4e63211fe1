import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { isFields, parseFields } from '../approval/hub/message-fields.ts';
import { readSeal } from './chain.ts';

/** What the first and the last line of a log file tell. */
export interface LogEnds {
  readonly server: string;
  /** Whose run it is, as `createOwners` names it; null where it does not say. */
  readonly owner: string | null;
  /** The ends of other files that its first line names. */
  readonly previous: readonly FileEnd[];
  /** The last whole line; `seq` and `hash` are null where it is none of the guard's. */
  readonly last: Omit<FileEnd, 'file' | 'cut'>;
  /** Bytes behind the last whole line. */
  readonly torn: number;
}

/** Where another file ended when this one was begun. */
export interface FileEnd {
  readonly file: string;
  readonly seq: number | null;
  readonly hash: string | null;
  /** When its last line was written, ISO 8601. */
  readonly time: string | null;
  /** Bytes of an unfinished line that were cut off then. */
  readonly cut: number;
}

/** A first line is no longer: a command, the names of files, and the ends of others. */
const MOST_HEAD = 256 << 10;
/** Enough for most last lines; a longer one is looked for in more. */
const FIRST_TAIL = 16 << 10;
const NEWLINE = 0x0a;

/** Reads the two ends of a log file; null where it has no whole line, or is no log. Throws where it cannot be read. */
export function readEnds(path: string): LogEnds | null {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const { size } = fstatSync(fd);
    const head = readAt(fd, 0, Math.min(size, MOST_HEAD));
    const first = head.indexOf(NEWLINE) === -1 ? null : parseFields(head.subarray(0, head.indexOf(NEWLINE)));
    if (first === null || first['event'] !== 'start') return null;
    const { line, torn } = readLast(fd, size);
    const { server, owner, previous } = first;
    const { seq, time } = parseFields(Buffer.from(line)) ?? {};
    return {
      server: String(server),
      owner: typeof owner === 'string' ? owner : null,
      previous: Array.isArray(previous) ? previous.flatMap((end) => readFileEnd(end) ?? []) : [],
      last: {
        seq: typeof seq === 'number' ? seq : null,
        hash: readSeal(line)?.hash ?? null,
        time: typeof time === 'string' ? time : null,
      },
      torn,
    };
  } finally {
    closeSync(fd);
  }
}

/** Cuts off what stands behind the last whole line. Throws where it cannot. */
export function cutTorn(path: string, torn: number): void {
  const fd = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    ftruncateSync(fd, fstatSync(fd).size - torn);
  } finally {
    closeSync(fd);
  }
}

/** One entry of a first line's `previous`; null for anything else. */
export function readFileEnd(value: unknown): FileEnd | null {
  if (!isFields(value)) return null;
  const { file, seq, hash, time, cut } = value;
  if (typeof file !== 'string') return null;
  return {
    file,
    seq: typeof seq === 'number' ? seq : null,
    hash: typeof hash === 'string' ? hash : null,
    time: typeof time === 'string' ? time : null,
    cut: typeof cut === 'number' ? cut : 0,
  };
}

function readLast(fd: number, size: number): { line: string; torn: number } {
  for (let length = Math.min(FIRST_TAIL, size); ; length = Math.min(length * 8, size)) {
    const tail = readAt(fd, size - length, length);
    const end = tail.lastIndexOf(NEWLINE);
    const start = end === -1 ? -1 : tail.lastIndexOf(NEWLINE, end - 1);
    if (start === -1 && length < size) continue;
    return { line: tail.toString('latin1', start + 1, Math.max(end, 0)), torn: length - end - 1 };
  }
}

function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, position));
}
