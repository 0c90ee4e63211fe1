import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/approval/question.ts';
import { findNextTick } from '../../src/relay/session.ts';
import { Dialogue, type Said, YES } from '../helpers/dialogue.ts';
import { limitOf, policyOf } from '../helpers/policy.ts';

const call = (id: number | string, name = 'make', args = '{}', meta = ''): string =>
  `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"tools/call","params":{"name":"${name}","arguments":${args}${meta}}}`;
const withToken = (id: number, token: string): string =>
  call(id, 'make', '{}', `,"_meta":{"progressToken":${token}}`);
const NO: Answer = { kind: 'no', message: null, approver: 'console' };
const LACK: Answer = { kind: 'unavailable', why: 'no terminal' };
const yesFor = (scope: 'tool' | 'call', lasts: object): Answer =>
  ({ kind: 'yes', scope, lasts, approver: 'console' }) as Answer;

/** A session with this many consoles, whose guard has no terminal. */
function start(policy = policyOf({}), consoles = 1): Dialogue {
  const session = new Dialogue(policy);
  session.event({ kind: 'consoles', count: consoles });
  return session;
}

function passTime(session: Dialogue, ms: number): Said[] {
  session.now += ms;
  return session.event({ kind: 'tick' });
}

describe('a question without a terminal', () => {
  test('waits as long as a console is attached, and is refused when the last one leaves', () => {
    const session = start();
    session.client(call(1));
    expect(session.answer('q1', LACK)).toEqual([]);
    expect(session.event({ kind: 'consoles', count: 2 })).toEqual([]);
    expect(session.event({ kind: 'consoles', count: 0 })).toEqual([
      'log deny approval_unavailable make',
      'to-client 1 refused approval_unavailable',
      'late q1',
    ]);
  });

  test('waits a moment for consoles that are there already, where the guard has just begun to listen', () => {
    const session = new Dialogue(policyOf({}));
    session.event({ kind: 'hub', is: 'opening' });
    session.client(call(1));
    session.client(call(2, 'make', '{"n":2}'));
    expect(session.answer('q1', LACK)).toEqual([]);
    session.answer('q2', LACK);
    session.now += 100;
    expect(session.event({ kind: 'hub', is: 'listening' })).toEqual([]);
    expect(findNextTick(session.state)).toBe(1_100);
    expect(passTime(session, 999)).toEqual([]);
    expect(passTime(session, 1)).toContain('to-client 1 refused approval_unavailable');
    const joined = new Dialogue(policyOf({}));
    joined.event({ kind: 'hub', is: 'listening' });
    joined.client(call(1));
    joined.answer('q1', LACK);
    joined.event({ kind: 'consoles', count: 1 });
    expect(passTime(joined, 1_000)).toEqual([]);
    const closed = new Dialogue(policyOf({}));
    closed.event({ kind: 'hub', is: 'opening' });
    closed.client(call(1));
    closed.answer('q1', LACK);
    expect(closed.event({ kind: 'hub', is: 'closed' })[1]).toBe('to-client 1 refused approval_unavailable');
  });

  test('is refused in words that name the console, and say that a late yes counts', () => {
    const session = start(policyOf({}), 0);
    session.client(call(1));
    session.answer('q1', LACK);
    expect(session.reply.result?.content[0]?.text).toBe(
      "Policy violation: mcp-guard did not run make. It needs a person's yes, and nobody can be asked: no console is open; no terminal. Tell your user to run `mcp-guard approvals` in a terminal and to answer: a yes given there within ten minutes lets this same call through once, so call again then. Or they can write a rule for make into the policy (mcp-guard explain make shows which).",
    );
  });

  test('opens a window where the policy says so and no console is there, and waits for it', () => {
    const open = { kind: 'tmux' } as const;
    const policy = policyOf({}, { approval: { channels: null, timeoutMs: null, open } });
    const session = start(policy, 0);
    expect(session.client(call(1))).toEqual(['ask q1 make', 'open tmux make']);
    expect(session.answer('q1', LACK)).toEqual([]);
    expect(session.event({ kind: 'no-window', why: 'no tmux' })).toContain(
      'to-client 1 refused approval_unavailable',
    );
    expect(start(policy).client(call(1))).toEqual(['ask q1 make']);
  });
});

describe('time', () => {
  test('ends a question after 50 s, or when the policy says', () => {
    const session = start();
    session.client(call(1));
    expect(findNextTick(session.state)).toBe(15_000);
    expect(passTime(session, 49_999)).toEqual([]);
    expect(passTime(session, 1)).toEqual([
      'log deny approval_timeout make',
      'to-client 1 refused approval_timeout',
      'late q1',
    ]);
    const brief = start(policyOf({}, { approval: { channels: null, timeoutMs: 5_000, open: null } }));
    brief.client(call(1));
    expect(passTime(brief, 5_000)[1]).toBe('to-client 1 refused approval_timeout');
  });

  test('that the machine slept counts', () => {
    const session = start();
    session.client(call(1));
    expect(session.event({ kind: 'slept', ms: 49_000 })).toEqual([]);
    expect(session.event({ kind: 'slept', ms: 1_000 })[1]).toBe('to-client 1 refused approval_timeout');
  });

  test('brings nothing where nothing waits: no tick is wanted', () => {
    const session = start();
    expect(findNextTick(session.state)).toBeNull();
    session.client(call(1));
    session.answer('q1', YES);
    expect(findNextTick(session.state)).toBeNull();
  });

  test('is told to a client that asked for progress, every ten seconds, rising', () => {
    const session = start();
    session.client(withToken(1, '0'));
    const beat = (progress: number): string =>
      `to-client {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":0,"progress":${progress},"message":"mcp-guard: a person is being asked"}}`;
    expect(passTime(session, 10_000)).toEqual([beat(1)]);
    expect(passTime(session, 10_000)).toEqual([beat(2)]);
    session.answer('q1', YES);
    expect(passTime(session, 10_000)).toEqual([]);
  });

  test("shifts the server's own progress of that call alone, until its answer", () => {
    const session = start(policyOf({ read: { action: 'allow' } }));
    session.client(withToken(1, '"a"'));
    passTime(session, 10_000);
    passTime(session, 10_000);
    session.answer('q1', YES);
    session.client(call(2, 'read', '{}', ',"_meta":{"progressToken":"b"}'));
    const progress = (token: string, rest: string): string =>
      `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"${token}",${rest}}}`;
    expect(session.server(progress('a', '"message":"x","progress":0.5,"total":3'))).toEqual([
      `to-client ${progress('a', '"message":"x","progress":2.5,"total":5')}`,
    ]);
    expect(session.server(progress('b', '"progress": 1'))).toEqual([
      `to-client ${progress('b', '"progress": 1')}`,
    ]);
    session.server({ jsonrpc: '2.0', id: 1, result: { content: [] } });
    expect(session.server(progress('a', '"progress":1'))).toEqual([
      `to-client ${progress('a', '"progress":1')}`,
    ]);
  });
});

describe('a late answer', () => {
  /** A call was refused for want of time. */
  function startLate(): Dialogue {
    const session = start();
    session.client(call(1));
    passTime(session, 50_000);
    return session;
  }

  test('lets the identical call through once, within five minutes', () => {
    const session = startLate();
    expect(session.answer('q1', YES)).toEqual(['log grant once make']);
    const logged = session.effects.findLast((effect) => effect.kind === 'log');
    expect(logged).toMatchObject({
      entry: { event: 'grant', scope: 'once', lasts: null, approver: 'terminal' },
    });
    expect(session.client(call(2, 'make', '{"a":1}'))).toEqual(['ask q2 make']);
    expect(session.client(call(3))).toEqual(['log allow approved make', `to-server ${call(3)}`]);
    expect(session.client(call(4))).toEqual(['ask q3 make']);
  });

  test('is worth nothing after five minutes', () => {
    const session = startLate();
    session.answer('q1', YES);
    session.now += 300_000;
    expect(session.client(call(2))).toEqual(['ask q2 make']);
  });

  test('counts for ten minutes, then the question is withdrawn', () => {
    const session = startLate();
    expect(passTime(session, 599_999)).toEqual([]);
    expect(passTime(session, 1)).toEqual(['withdraw q1: nobody answered']);
    expect(session.answer('q1', YES)).toEqual([]);
  });

  test('belongs to the call that comes again meanwhile: one question, one answer', () => {
    const session = startLate();
    expect(session.client(call(2))).toEqual(['ask q1 make']);
    expect(session.answer('q1', YES)).toEqual(['log allow approved make', `to-server ${call(2)}`]);
    expect(session.client(call(3))).toEqual(['ask q2 make']);
  });

  test('that is a no refuses the call that comes again, unasked', () => {
    const session = startLate();
    expect(session.answer('q1', NO)).toEqual([]);
    expect(session.client(call(2))[1]).toBe('to-client 2 refused approval_denied');
  });

  test('to a call over a limit goes over it once', () => {
    const limit = limitOf('tools.read.rate_limit', 1, 'require_approval');
    const session = start(policyOf({ read: { action: 'allow', limit } }));
    session.client(call(1, 'read'));
    session.client(call(2, 'read'));
    passTime(session, 50_000);
    session.answer('q1', YES);
    expect(session.client(call(3, 'read'))[0]).toBe('log allow approved read');
    expect(session.client(call(4, 'read'))).toEqual(['ask q2 read']);
  });

  test('does not exist for a call that the client gave up', () => {
    const session = start();
    session.client(call(1));
    session.client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    expect(session.answer('q1', YES)).toEqual([]);
    expect(session.client(call(2))).toEqual(['ask q2 make']);
  });

  test('does not exist where the policy asks in no console', () => {
    const session = start(
      policyOf({}, { approval: { channels: ['terminal'], timeoutMs: null, open: null } }),
    );
    session.client(call(1));
    expect(passTime(session, 50_000)).toEqual([
      'log deny approval_timeout make',
      'to-client 1 refused approval_timeout',
      'withdraw q1: no answer in time',
    ]);
  });

  test('frees its place in a limit meanwhile', () => {
    const session = start(policyOf({ make: { action: 'require_approval', limit: limitOf('m', 1) } }));
    session.client(call(1));
    passTime(session, 50_000);
    expect(session.client(call(2, 'make', '{"b":2}'))).toEqual(['ask q2 make']);
  });

  test('is kept for 32 questions, the oldest go first', () => {
    const session = start();
    for (let id = 0; id < 40; id++) {
      session.client(call(id, 'make', `{"n":${id}}`));
      passTime(session, 50_000);
    }
    expect([...session.state.asked.values()].map(({ key }) => key)).toEqual(
      // Each waits 50 s for its answer and ten minutes for a late one, so only the last twelve still stand.
      Array.from({ length: 12 }, (_, index) => `q${index + 29}`),
    );
    session.event({ kind: 'consoles', count: 1 });
    for (let id = 100; id < 132; id++) session.client(call(id, 'make', `{"n":${id}}`));
    passTime(session, 50_000);
    expect(session.state.asked.size).toBe(32);
  });
});

describe('a no', () => {
  test('stands for the same call for a minute, with its words, unasked', () => {
    const session = start();
    session.client(call(1));
    session.answer('q1', { kind: 'no', message: 'Use the staging broker', approver: 'console' });
    const text = session.reply.result?.content[0]?.text;
    expect(text).toContain(
      'A person was asked and said no. Their words: Use the staging broker. Do not call',
    );
    expect(session.client(call(2))).toEqual([
      'log deny approval_denied make',
      'to-client 2 refused approval_denied',
    ]);
    expect(session.reply.result?.content[0]?.text).toBe(text);
    expect(session.client(call(3, 'make', '{"a":1}'))).toEqual(['ask q2 make']);
    session.now += 60_000;
    expect(session.client(call(4))).toEqual(['ask q3 make']);
  });

  test('leaves identical calls that wait their own answers', () => {
    const session = start();
    session.client(call(1));
    session.client(call(2));
    session.answer('q1', NO);
    expect(session.answer('q2', YES)[0]).toBe('log allow approved make');
  });
});

describe('a yes for more than one call', () => {
  test('releases what else it covers', () => {
    const session = start();
    session.client(call(1));
    session.client(call(2, 'make', '{"a":1}'));
    session.client(call(3, 'other'));
    expect(session.answer('q1', yesFor('tool', { kind: 'session' }))).toEqual([
      'log grant tool make',
      'log allow approved make',
      `to-server ${call(1)}`,
      'withdraw q2: allowed together with another call',
      'log allow granted make',
      `to-server ${call(2, 'make', '{"a":1}')}`,
    ]);
    expect(session.state.asked.size).toBe(1);
  });

  test('to a call over a limit goes over that limit for as long, and is no yes to another rule', () => {
    const limit = limitOf('tools.read.rate_limit', 1, 'require_approval');
    const session = start(policyOf({ read: { action: 'allow', limit } }));
    session.client(call(1, 'read'));
    session.client(call(2, 'read'));
    session.answer('q1', yesFor('tool', { kind: 'calls', count: 2 }));
    expect(session.client(call(3, 'read'))[0]).toBe('log allow granted read');
    expect(session.client(call(4, 'read'))).toEqual(['ask q2 read']);
    const asking = start(policyOf({ read: { action: 'require_approval', limit } }));
    asking.client(call(1, 'read'));
    asking.answer('q1', YES);
    asking.client(call(2, 'read'));
    asking.answer('q2', yesFor('tool', { kind: 'session' }));
    asking.now += 60_000;
    expect(asking.client(call(3, 'read'))).toEqual(['ask q3 read']);
  });

  test('for three calls counts the one that was asked about', () => {
    const session = start();
    session.client(call(1));
    session.answer('q1', yesFor('tool', { kind: 'calls', count: 3 }));
    expect(session.client(call(2, 'make', '{"a":1}'))[0]).toBe('log allow granted make');
    expect(session.client(call(3, 'make', '{"a":2}'))[0]).toBe('log allow granted make');
    expect(session.client(call(4, 'make', '{"a":3}'))).toEqual(['ask q2 make']);
  });

  test('for a time is kept beyond the session, and ends with its time', () => {
    const session = start();
    session.client(call(1));
    expect(session.answer('q1', yesFor('tool', { kind: 'time', ms: 600_000 }))).toEqual([
      'log grant tool make',
      'remember tool 600000',
      'log allow approved make',
      `to-server ${call(1)}`,
    ]);
    session.now += 599_999;
    expect(session.client(call(2))[0]).toBe('log allow granted make');
    session.now += 1;
    expect(session.client(call(3))).toEqual(['ask q2 make']);
  });

  test('that was given before this run holds for the same server, rule and definition', () => {
    const first = start();
    first.client(call(1));
    first.answer('q1', yesFor('tool', { kind: 'time', ms: 600_000 }));
    const kept = first.effects.find((effect) => effect.kind === 'remember');
    if (kept?.kind !== 'remember') throw new Error('nothing was kept');
    const grant = { ...kept.grant, until: 0, given: 0 };
    expect(grant.binding).toMatchObject({ tool: 'make', digest: '' });
    const same = start();
    same.event({ kind: 'remembered', grant, leftMs: 1_000 });
    expect(same.client(call(1))[0]).toBe('log allow granted make');
    same.now += 1_000;
    expect(same.client(call(2))).toEqual(['ask q1 make']);
    const edited = start(policyOf({ make: { action: 'require_approval', reason: 'New words' } }));
    edited.event({ kind: 'remembered', grant, leftMs: 1_000 });
    expect(edited.client(call(1))).toEqual(['ask q1 make']);
    const other = new Dialogue(policyOf({}), { serverHash: 'another command' });
    other.event({ kind: 'remembered', grant, leftMs: 1_000 });
    expect(other.client(call(1))).toEqual(['ask q1 make']);
  });

  test('ends when it is revoked, and the log tells', () => {
    const session = start();
    session.client(call(1));
    session.answer('q1', yesFor('tool', { kind: 'session' }));
    const [grant] = session.state.grants.list(session.now);
    expect(session.event({ kind: 'revoked', id: grant?.id ?? '' })).toEqual(['log revoke make']);
    expect(session.event({ kind: 'revoked', id: grant?.id ?? '' })).toEqual([]);
    expect(session.client(call(2))).toEqual(['ask q2 make']);
  });
});

describe('a pause', () => {
  test('refuses what waits and what comes, allowed or not, until it is lifted', () => {
    const session = start(policyOf({ read: { action: 'allow' } }));
    session.client(call(1));
    expect(session.event({ kind: 'paused', on: true })).toEqual([
      'log pause true',
      'withdraw q1: everything is paused',
      'log deny paused make',
      'to-client 1 refused paused',
    ]);
    expect(session.client(call(2, 'read'))).toEqual(['log deny paused read', 'to-client 2 refused paused']);
    expect(session.reply.result?.content[0]?.text).toContain('Your user has paused all tool calls');
    expect(session.client({ jsonrpc: '2.0', id: 9, method: 'tools/list' })).toHaveLength(1);
    expect(session.event({ kind: 'paused', on: true })).toEqual([]);
    expect(session.event({ kind: 'paused', on: false })).toEqual(['log pause false']);
    expect(session.client(call(3, 'read'))[0]).toBe('log allow allowed read');
    expect(session.answer('q1', YES)).toEqual([]);
  });
});

describe('what is shown with a question', () => {
  test('tells how its tool was asked about and answered before, and what was allowed last', () => {
    const session = start();
    const shown = (): unknown => {
      const last = session.effects.findLast((effect) => effect.kind === 'ask');
      return (
        last?.kind === 'ask' && {
          ...last.question.history,
          lastAllowed: String(last.question.history.lastAllowed),
        }
      );
    };
    session.client(call(1, 'make', '{"a":1}'));
    expect(shown()).toEqual({ asked: 0, allowed: 0, refused: 0, lastAllowed: 'null' });
    session.answer('q1', YES);
    session.client(call(2, 'make', '{"a":2}'));
    session.answer('q2', NO);
    session.client(call(3, 'make', '{"a":3}'));
    expect(shown()).toEqual({
      asked: 2,
      allowed: 1,
      refused: 1,
      lastAllowed: Buffer.from('{"a":1}').join(','),
    });
  });

  test('groups identical calls, whatever their ids and progress tokens', () => {
    const session = start();
    session.client(withToken(1, '1'));
    session.client(withToken(2, '2'));
    session.client(call(3, 'make', '{"a":1}', ',"_meta":{"progressToken":3}'));
    const groups = session.effects.flatMap((effect) =>
      effect.kind === 'ask' ? [effect.question.group] : [],
    );
    expect(groups[0]).toBe(groups[1]);
    expect(groups[2]).not.toBe(groups[0]);
  });
});
