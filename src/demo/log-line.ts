import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from './record.ts';

/** The telling members of a call's line in the audit log. */
export interface LogLine {
  /** ISO 8601, as it is stored. */
  readonly time: string;
  readonly tool: string;
  readonly verdict: string;
  readonly code: string;
  readonly rule: string;
  readonly arguments: unknown;
}

/** Reads the line of the call with this request id back from the log's folder; null where there is none. */
export async function readLogLine(folder: string, id: number): Promise<LogLine | null> {
  // Without a folder nothing was logged, which is what the reader should hear.
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((name) => name.endsWith('.jsonl'))) {
    const line = findCall(await readFile(join(folder, name), 'utf8'), id);
    if (line !== null) return line;
  }
  return null;
}

function findCall(text: string, id: number): LogLine | null {
  for (const line of text.split('\n')) {
    const stored: unknown = line === '' ? null : JSON.parse(line);
    if (isRecord(stored) && stored['event'] === 'call' && String(stored['id']) === String(id))
      return cut(stored);
  }
  return null;
}

function cut(stored: Record<string, unknown>): LogLine {
  const read = (member: string): string => {
    const value = stored[member];
    return typeof value === 'string' ? value : '-';
  };
  return {
    time: read('time'),
    tool: read('tool'),
    verdict: read('verdict'),
    code: read('code'),
    rule: read('rule'),
    arguments: stored['arguments'],
  };
}
