import type { Io } from '../../io.ts';
import { listWanted } from '../places.ts';
import { findLast, findSince } from './find-sources.ts';
import { mergeRecords, type LogSource } from './merge-records.ts';
import { Pairing, type Told } from './pairing.ts';
import { StoredCalls } from './stored-calls.ts';
import { isSelectedCall, isSelectedEvent, type Selection } from './selection.ts';

/** What of which files is wanted. */
export interface LogQuery extends Selection {
  /** Paths; empty: all logs of this user. */
  readonly files: readonly string[];
  /** The last so many calls; null: all. */
  readonly limit: number | null;
}

/** Where to begin in which files. Throws where they cannot be read. */
export function findSources(query: LogQuery, io: Io): LogSource[] {
  const paths = listWanted(query.files, io);
  return query.limit === null ? findSince(paths, query.since) : findLast(paths, query.limit, query);
}

/** What is wanted of these files, the oldest first, in bounded memory. */
export function* readTold(sources: readonly LogSource[], selection: Selection): Generator<Told> {
  const pairing = new Pairing();
  for (const record of mergeRecords(sources)) {
    pairing.add(record);
    for (const told of pairing.take()) if (isSelected(told, selection)) yield told;
  }
  for (const told of pairing.flush()) if (isSelected(told, selection)) yield told;
}

export function isSelected(told: Told, selection: Selection): boolean {
  return told.kind === 'call'
    ? isSelectedCall(told.call, selection)
    : isSelectedEvent(told.record, selection);
}

/** The stored lines of what is wanted, with the outcomes of the calls among them. */
export function* readStored(sources: readonly LogSource[], selection: Selection): Generator<Buffer> {
  const calls = new StoredCalls(selection);
  for (const record of mergeRecords(sources)) if (calls.isWanted(record)) yield record.bytes;
}
