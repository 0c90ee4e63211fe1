import { GuardError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { quote } from '../../policy/quote.ts';
import { listWanted } from '../places.ts';
import { findSince } from './find-sources.ts';
import { mergeRecords } from './merge-records.ts';
import { Pairing, type Told } from './pairing.ts';
import type { RecordedCall } from './recorded-call.ts';
import { isInTime, isOfServer } from './selection.ts';

export interface Wanted {
  /** Paths; empty: all logs of this user. */
  readonly files: readonly string[];
  /** A name or a glob; null: all. */
  readonly server: string | null;
  /** ms since the epoch. */
  readonly since: number | null;
  readonly until: number | null;
}

/** The recorded calls, the oldest first, in bounded memory. Throws GuardError `failed` where a file cannot be read. */
export async function* readRecorded(io: Io, wanted: Wanted): AsyncGenerator<RecordedCall> {
  const { files, server, since } = wanted;
  try {
    const paths = listWanted(files, io);
    const pairing = new Pairing();
    for (const record of mergeRecords(findSince(paths, since))) {
      pairing.add(record);
      for (const told of pairing.take()) if (isWanted(told)) yield told.call;
    }
    for (const told of pairing.flush()) if (isWanted(told)) yield told.call;
  } catch (error) {
    throw unreadable(error);
  }

  function isWanted(told: Told): told is Extract<Told, { kind: 'call' }> {
    return told.kind === 'call' && isOfServer(told.call.server, server) && isInTime(told.call.time, wanted);
  }
}

/** What keeps a log from being read, for a person. */
export function unreadable(cause: unknown): GuardError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new GuardError('failed', `the log cannot be read: ${quote(why, 1_000)}`, { cause });
}
