import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLogLine } from '../../src/demo/log-line.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'log-line-'))));
afterEach(() => rm(folder, { recursive: true }));

const CALL = { event: 'call', time: '2026-07-28T12:00:00.000Z', tool: 'a', verdict: 'deny', code: 'denied' };

test('gives the telling members of the line that the call with this id left', async () => {
  const lines = [
    { event: 'start', id: 3 },
    { ...CALL, id: '13', rule: null, arguments: { a: 1 } },
    { ...CALL, id: '3', rule: 'tools.a', arguments: { a: 2 }, hash: 'x' },
    { event: 'result', id: '3' },
  ];
  await writeFile(join(folder, 'a.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await writeFile(join(folder, 'notes.txt'), 'not a log');
  const { event: _, ...rest } = CALL;
  expect(await readLogLine(folder, 3)).toEqual({ ...rest, rule: 'tools.a', arguments: { a: 2 } });
  expect(await readLogLine(folder, 13)).toEqual({ ...rest, rule: '-', arguments: { a: 1 } });
  expect(await readLogLine(folder, 4)).toBeNull();
});
