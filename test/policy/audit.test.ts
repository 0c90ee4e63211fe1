import { expect, test } from 'vitest';
import { mergeAudit } from '../../src/policy/audit.ts';
import { parseLoaded } from '../../src/policy/file/load.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { GROUND } from '../helpers/policy.ts';

const DAY_MS = 86_400_000;
const MACHINE = { home: '/home/ada', platform: 'linux' } as const;

function read(audit: string): Policy {
  const { policy } = parseLoaded(Buffer.from(`version: 1\n${audit}\n`), 'p.yaml', GROUND);
  if (policy === null) throw new Error(`refused: ${audit}`);
  return policy;
}

function merge(...files: string[]): object {
  const [first = '', ...others] = files.map(read).map((policy) => ({ policy, role: 'first' }) as const);
  if (first === '') throw new Error('no file');
  return mergeAudit({ layers: [first, ...(others as never[])], hash: 'h' }, MACHINE);
}

const USUAL = { arguments: 'redacted', isRequired: true, dir: null, keepMs: 30 * DAY_MS };

test.each<[string, string[], object]>([
  ['a policy that says nothing keeps redacted arguments for 30 days', [''], USUAL],
  ['a folder below ~ is below the home', ['audit: { dir: ~/logs }'], { ...USUAL, dir: '/home/ada/logs' }],
  ['an absolute folder stays', ['audit: { dir: /var/log/x }'], { ...USUAL, dir: '/var/log/x' }],
  ['one switch turns the requirement off', ['audit: { required: off }'], { ...USUAL, isRequired: false }],
  ['a file that requires the log is enough', ['audit: { required: off }', 'audit: { required: on }'], USUAL],
  [
    'the longest time counts',
    ['audit: { keep: 1d }', 'audit: { keep: 90d }'],
    { ...USUAL, keepMs: 90 * DAY_MS },
  ],
  [
    'the first file that says how arguments are kept is heard',
    ['', 'audit: { arguments: hash }', 'audit: { arguments: full }'],
    { ...USUAL, arguments: 'hash' },
  ],
])('%s', (_, files, expected) => {
  expect(merge(...files)).toEqual(expected);
});
