import { findSources, readTold, type LogQuery } from '../audit/read/read-told.ts';
import { unreadable } from '../audit/read/read-recorded.ts';
import { Tally } from '../audit/stats/tally.ts';
import type { Io } from '../io.ts';
import { describeStdout } from './describe-stdout.ts';
import { renderStats, renderStatsJson } from './render-stats.ts';

const WIDE = 100;

/** Prints what the calls that are wanted come to. Gives the exit code. */
export function printStats(query: LogQuery, json: boolean, io: Io): number {
  const tally = new Tally();
  try {
    for (const told of readTold(findSources(query, io), query))
      if (told.kind === 'call') tally.add(told.call);
  } catch (error) {
    throw unreadable(error);
  }
  const texts = json ? [renderStatsJson(tally.stats)] : renderStats(tally.stats, describeStdout(io, WIDE));
  io.stdout.write([...texts].join(''));
  return 0;
}
