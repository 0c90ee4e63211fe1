import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sealLine } from '../../src/audit/chain.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { verifyLogs, type VerifiedFile } from '../../src/audit/read/verify-logs.ts';
import { callOf, DAY_MS, LogHome, runOf } from '../helpers/audit-log.ts';

/** Nobody who wrote these files lives any more. */
const OWNERS = { own: 'x', isGone: () => true };

function write(home: LogHome, session: string, calls: number, ends = true): void {
  const log = createAuditLog({ ...home.io, pid: 999_999_999 }, runOf({ session }));
  for (let id = 0; id < calls; id++) log.write([callOf({ id: String(id) })]);
  if (ends) log.write([{ event: 'end', outcome: 'exit code 0' }]);
  log.close();
  home.time += 1_000;
}

function verify(home: LogHome, isGone: (owner: string) => boolean | null = () => true): VerifiedFile[] {
  return [...verifyLogs(home.paths, { owners: { ...OWNERS, isGone }, time: home.time })];
}

function tell(file: VerifiedFile | undefined): unknown {
  const { damage, problems, notes } = file ?? {};
  return {
    damage: damage === null ? null : `${damage?.kind}: line ${damage?.line} ${damage?.message}`,
    problems,
    notes,
  };
}

const SOUND = { damage: null, problems: [], notes: [] };

describe('a whole log', () => {
  test('is found whole, file by file', () => {
    const home = new LogHome();
    write(home, 'aaaa', 3);
    write(home, 'bbbb', 2);
    const files = verify(home);
    expect(files.map(tell)).toEqual([SOUND, SOUND]);
    expect(files.map(({ proof }) => [proof?.lines, proof?.last?.seq, proof?.last?.event])).toEqual([
      [5, 4, 'end'],
      [4, 3, 'end'],
    ]);
  });

  test('may have come to no end of its own, which is said', () => {
    const home = new LogHome();
    write(home, 'aaaa', 1, false);
    const notes = [
      'its run did not come to an end of its own: it was killed, or the end of the file was cut off',
    ];
    expect(verify(home).map(tell)).toEqual([{ ...SOUND, notes }]);
    expect(verify(home, () => false).map(tell)).toEqual([SOUND]);
  });

  test('may go over several files of one run', () => {
    const home = new LogHome();
    const log = createAuditLog(home.io, runOf(), 900);
    for (let id = 0; id < 9; id++) log.write([callOf({ id: String(id) })]);
    log.write([{ event: 'end', outcome: 'exit code 0' }]);
    expect(home.paths.length).toBeGreaterThan(2);
    expect(verify(home).map(tell)).toEqual(home.paths.map(() => SOUND));
  });
});

/** The lines of the first of two files of a server, changed; a line is kept without its end. */
const DAMAGES: readonly [string, (lines: string[]) => string[], string][] = [
  [
    'a changed value',
    (lines) => lines.with(2, lines[2]?.replace('"echo"', '"ohce"') ?? ''),
    'changed: line 3 was changed: it is not what its own hash says',
  ],
  [
    'a changed byte of white space',
    (lines) => lines.with(2, `${lines[2]} `),
    'foreign: line 3 is no line of the log',
  ],
  [
    'a line that was taken out',
    (lines) => lines.toSpliced(2, 1),
    'missing: line 3 has number 3: number 2 is missing before it',
  ],
  [
    'several that were',
    (lines) => lines.toSpliced(1, 3),
    'missing: line 2 has number 4: numbers 1 to 3 are missing before it',
  ],
  [
    'a first line that was taken out',
    (lines) => lines.slice(1),
    'missing: line 1 has number 1 of its run: what stood before it is missing',
  ],
  [
    'two lines that changed places',
    (lines) => [...lines.slice(0, 2), lines[3] ?? '', lines[2] ?? '', ...lines.slice(4)],
    'reordered: line 3 has number 3, and number 2 comes after it',
  ],
  [
    'a line that stands twice',
    (lines) => lines.toSpliced(2, 0, lines[1] ?? ''),
    'repeated: line 3 has number 1, as the one before it',
  ],
  [
    'an earlier line once more',
    (lines) => [...lines, lines[1] ?? ''],
    'reordered: line 7 has number 1, behind number 5',
  ],
  [
    'an end that was cut off',
    (lines) => lines.slice(0, -2),
    'cut: line 4 is the last one, number 3, but 20260102T030406Z-mq-bbbb.jsonl saw number 5: the end was cut off',
  ],
  [
    'a line that was cut short',
    (lines) => [...lines.slice(0, -1), `\0${lines.at(-1)?.slice(0, 40)}`],
    'cut: line 6 ends in the middle of a line, 40 bytes of it are there',
  ],
  ['a line of another kind', (lines) => lines.with(2, '{}'), 'foreign: line 3 is no line of the log'],
  ['something that is no JSON', (lines) => lines.with(2, 'x'), 'foreign: line 3 is no line of the log'],
  [
    'a line that was written anew with its hash',
    (lines) => lines.with(2, reseal(lines[2] ?? '', lines[1] ?? '')),
    'rewritten: line 4 does not follow from number 2, which was written anew, or belongs elsewhere',
  ],
  [
    'all lines written anew',
    (lines) => resealAll(lines),
    'rewritten: line 6 is not the one that 20260102T030406Z-mq-bbbb.jsonl saw there: it was written anew since',
  ],
];

function reseal(line: string, before: string): string {
  const changed = JSON.parse(line.replace('"echo"', '"ohce"')) as Record<string, unknown>;
  const { prev: _, hash: __, ...members } = changed;
  const { hash } = JSON.parse(before) as { hash: string };
  return sealLine(JSON.stringify(members), hash).text.trimEnd();
}

function resealAll(lines: readonly string[]): string[] {
  const sealed = [lines[0] ?? ''];
  for (const line of lines.slice(1)) sealed.push(reseal(line, sealed.at(-1) ?? ''));
  return sealed;
}

describe('in a file with a successor is found', () => {
  test.each(DAMAGES)('%s', (_, change, message) => {
    const home = new LogHome();
    write(home, 'aaaa', 4);
    write(home, 'bbbb', 1);
    const [path = ''] = home.paths;
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    const text = change(lines).join('\n');
    // A line that begins with NUL is meant to be torn.
    writeFileSync(path, text.includes('\0') ? text.replace('\0', '') : `${text}\n`);
    expect(verify(home).map(tell)).toEqual([{ ...SOUND, damage: message }, SOUND]);
  });

  test('that it is gone, and not where it was too old to be kept', () => {
    const home = new LogHome();
    write(home, 'aaaa', 1);
    write(home, 'bbbb', 1);
    const name = basename(home.paths[0] ?? '');
    rmSync(home.paths[0] ?? '');
    expect(verify(home).map(tell)).toEqual([{ ...SOUND, problems: [`${name}, which it names, is missing`] }]);
    home.time += 31 * DAY_MS;
    expect(verify(home).map(tell)).toEqual([
      { ...SOUND, notes: [`${name}, which it names, is gone: it was older than 30 days`] },
    ]);
  });
});

test('a line that is just being written is no damage while its run lives', () => {
  const home = new LogHome();
  write(home, 'aaaa', 1, false);
  writeFileSync(home.paths[0] ?? '', '{"time"', { flag: 'a' });
  expect(verify(home, () => false).map(tell)).toEqual([{ ...SOUND, notes: ['it is being written'] }]);
  expect(verify(home)[0]?.damage?.kind).toBe('cut');
});
