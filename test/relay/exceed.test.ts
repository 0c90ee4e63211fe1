import { describe, expect, test } from 'vitest';
import type { MachineWindows } from '../../src/policy/limit/machine.ts';
import type { Limit } from '../../src/policy/policy.ts';
import { Dialogue, YES } from '../helpers/dialogue.ts';
import { limitOf, policyOf } from '../helpers/policy.ts';

const REPAIR = 'the count in /state/limits/x is damaged; remove the folder, and it counts from zero';
const MACHINE: Limit = { ...limitOf('tools.make.rate_limit', 5), scope: 'machine' };
const SUM: Limit = {
  ...limitOf('tools.make.rate_limit', 5),
  measure: { kind: 'sum', of: { text: 'args.n', steps: [{ kind: 'key', key: 'n' }] }, max: '10' },
};

/** The machine's windows, with a fault where the test wants one. */
function createMachine(fault: 'look' | 'take' | 'commit'): MachineWindows {
  const broken = { kind: 'broken', why: REPAIR } as const;
  return {
    look: () => (fault === 'look' ? broken : { kind: 'standing', left: 5n, waitMs: 0 }),
    take: () => (fault === 'take' ? broken : { kind: 'taken', commit: () => REPAIR, release: () => {} }),
  };
}

describe('what cannot be counted for all guards does not run', () => {
  test.each(['look', 'take', 'commit'] as const)('where the fault is in %s', (fault) => {
    const machine = createMachine(fault);
    const session = new Dialogue(policyOf({ make: { action: 'allow', limit: MACHINE } }), { machine });
    expect(session.call(1, 'make')).toEqual([
      'log deny rate_limited make',
      'to-client 1 refused rate_limited',
    ]);
    expect(session.reply.result?.content[0]?.text).toContain(REPAIR);
  });

  test('also after a yes, and then no grant is left', () => {
    const machine = createMachine('commit');
    const policy = policyOf({ make: { action: 'require_approval', limit: MACHINE } });
    const session = new Dialogue(policy, { machine });
    session.event({ kind: 'consoles', count: 1 });
    session.call(1, 'make');
    const yes = { ...YES, scope: 'tool' } as typeof YES;
    expect(session.answer('q1', yes)).toEqual([
      'log deny rate_limited make',
      'to-client 1 refused rate_limited',
    ]);
    expect(session.call(2, 'make')).toEqual(['ask q2 make']);
  });
});

test.each([
  ['alone is more than the limit', { n: 11 }, 'args.n alone is more than the limit of 10'],
  ['is no number', { n: '5' }, 'args.n'],
  ['is not there', {}, 'args.n'],
  ['is negative', { n: -1 }, 'args.n'],
])('an amount that %s is refused with words that say so', (_, args, words) => {
  const session = new Dialogue(policyOf({ make: { action: 'allow', limit: SUM } }));
  expect(session.call(1, 'make', args)[0]).toBe('log deny rate_limited make');
  expect(session.reply.result?.content[0]?.text).toContain(words);
});

test('a limit that a person may go over says so in its own name', () => {
  const limit: Limit = { ...SUM, onExceed: 'require_approval' };
  const session = new Dialogue(policyOf({ make: { action: 'allow', limit } }));
  session.event({ kind: 'consoles', count: 1 });
  expect(session.call(1, 'make', { n: 8 })[0]).toBe('log allow allowed make');
  expect(session.call(2, 'make', { n: 8 })).toEqual(['ask q1 make']);
  expect(session.answer('q1', YES)[0]).toBe('log allow approved make');
});
