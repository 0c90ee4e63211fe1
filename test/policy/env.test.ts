import { expect, test } from 'vitest';
import { narrowEnv } from '../../src/policy/env.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { policyOf, setOf } from '../helpers/policy.ts';

const ENV = { PATH: '/bin', AWS_KEY: 'k', AWS_REGION: 'r', OTHER: 'o' };
const withEnv = (env: readonly string[] | null): Policy => ({ ...policyOf({}), env });

test.each<[string, (readonly string[] | null)[], NodeJS.Platform, string[] | null]>([
  ['all of it where no file has a list', [null, null], 'linux', null],
  ['what the list names', [['PATH', 'AWS_*']], 'linux', ['AWS_KEY', 'AWS_REGION', 'PATH']],
  ['what every list names', [['PATH', 'AWS_*'], null, ['AWS_REGION']], 'linux', ['AWS_REGION']],
  ['names in their own case', [['path']], 'linux', []],
  ['names in any case on Windows', [['path']], 'win32', ['PATH']],
])('the server gets %s', (...[, lists, platform, names]) => {
  const [first = withEnv(null), ...added] = lists.map(withEnv);
  const narrowed = narrowEnv(ENV, setOf(first, ...added), platform);
  expect(narrowed === null ? null : Object.keys(narrowed).sort()).toEqual(names);
});
