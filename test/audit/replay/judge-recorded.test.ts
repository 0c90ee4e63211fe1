import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { renderMask } from '../../../src/audit/mask.ts';
import type { RecordedCall } from '../../../src/audit/read/recorded-call.ts';
import { Judge } from '../../../src/audit/replay/judge-recorded.ts';
import { replayCalls } from '../../../src/audit/replay/replay-calls.ts';
import { compilePolicy, type CompiledPolicy } from '../../../src/policy/compile.ts';
import { loadRegexEngine } from '../../../src/policy/condition/regex.ts';
import { parseLoaded } from '../../../src/policy/file/load.ts';
import { GROUND, setOf } from '../../helpers/policy.ts';
import { recordedOf, streamOf } from '../../helpers/recorded-call.ts';

beforeAll(loadRegexEngine);

function compile(text: string): CompiledPolicy {
  const { policy, problems } = parseLoaded(Buffer.from(`version: 1\n${text}`), 'p.yaml', GROUND);
  if (policy === null) throw new Error(JSON.stringify(problems));
  return compilePolicy(setOf(policy), GROUND);
}

/** What becomes of each call, by which rule; `left out` where its line does not tell what it was about. */
function judge(text: string, calls: readonly RecordedCall[]): string[] {
  const found = new Judge(compile(text), () => null);
  return calls.map((call) => {
    const judgement = found.judge(call);
    if (judgement === null) return 'left out';
    const { becomes, mildest, strictest, rule, missed } = judgement;
    const either = becomes === 'unknown' ? `, ${[`${mildest} or ${strictest}`, ...missed].join(', ')}` : '';
    return `${becomes} by ${rule}${either}`;
  });
}

const MASK = renderMask('1a2b3c4d5e6f');
const masked = (rest: Partial<RecordedCall> = {}) => recordedOf(rest, `{"secret":"${MASK}"}`);
const at = (seconds: number, args?: string) => recordedOf({ time: seconds * 1000 }, args);
const DENIED = { code: 'denied', verdict: 'deny' } as const;

describe('files of the guard', () => {
  test.each<[string, RecordedCall, string]>([
    ['may be named where nobody had to look', masked(DENIED), 'unknown by own-files, allow or ask'],
    [
      'were named where that was the rule',
      masked({ code: 'approved', rule: 'own-files' }),
      'ask by own-files',
    ],
    ['were not named where it ran', masked(), 'allow by default'],
    [
      'were not named where another rule asked',
      masked({ code: 'approved', rule: 'tools.x' }),
      'allow by default',
    ],
    [
      'may have been named where a limit asked',
      masked({ code: 'approved', rule: 'rate_limit' }),
      'unknown by own-files, allow or ask',
    ],
  ])('%s', (_, call, told) => {
    expect(judge('default: allow', [call])).toEqual([told]);
  });
});

test('where nobody may be asked the call is refused', () => {
  const policy = 'tools: { echo: { action: require_approval, approval: { channels: [] } } }';
  expect(judge(policy, [recordedOf()])).toEqual(['deny by tools.echo']);
});

test('a question about a tool that had changed is left out, whatever came of it', async () => {
  const asked = recordedOf({ code: 'approved', rule: 'pin', approver: 'console' });
  const { calls, leftOut } = await replayCalls(streamOf([asked]), compile('default: deny'), () => null);
  expect({ calls, leftOut: [...leftOut] }).toEqual({ calls: 0, leftOut: [['tool changed', 1]] });
});

describe('limits', () => {
  test('that may not count the call leave open what they would do', () => {
    const policy =
      'default: allow\ntools: { echo: [{ when: { args.secret: a }, rate_limit: { max: 1, window: 60 } }] }';
    const call = (seconds: number) => at(seconds, `{"secret":"${MASK}"}`);
    expect(judge(policy, [call(0), call(1)])).toEqual([
      'allow by default',
      'unknown by default, allow or limit, args.secret',
    ]);
  });

  test('that refuse either way refuse', () => {
    const policy =
      'default: allow\nrate_limit: { max: 1, window: 60 }\ntools: { echo: [{ when: { args.secret: a }, action: deny }, allow] }';
    expect(judge(policy, [at(0), masked({ time: 1000 })])).toEqual([
      'allow by tools.echo[1]',
      'limit by rate_limit',
    ]);
  });

  test('of the machine count all sessions, and those of a session its own', () => {
    const calls = ['a', 'b'].map((session, n) => recordedOf({ session, time: n }));
    const policy = 'default: allow\nrate_limit: { max: 1, window: 60 }';
    expect(judge(policy, calls)).toEqual(['allow by default', 'allow by default']);
    expect(judge(policy.replace('60', '60, scope: machine'), calls)).toEqual([
      'allow by default',
      'limit by rate_limit',
    ]);
  });
});

describe('what is no call of a tool', () => {
  const other = (method: string, target: string, args: string | null = '{}') =>
    recordedOf({ tool: null, other: { method, target }, category: null, risk: null }, args);
  const WHEN = 'prompts: { p: { when: { args.a: { eq: 1 } }, action: deny } }';

  test.each<[string, RecordedCall, string]>([
    ['methods: { resources/read: deny }', other('resources/read', 'a:b'), 'deny by methods.resources/read'],
    [
      'methods: { resources/list: deny }',
      other('resources/list', 'resources/list'),
      'deny by methods.resources/list',
    ],
    ['resources: { "*": deny }', other('resources/list', 'resources/list'), 'allow by default'],
    ['resources: { "*": deny }', other('resources/read', 'resources/read'), 'left out'],
    ['prompts: { "*": deny }', other('prompts/get', MASK), 'unknown by its name is masked, allow or deny'],
    [WHEN, other('prompts/get', 'p', '{"a":1}'), 'deny by prompts.p'],
    // Of a prompt without arguments the log has the whole params.
    [WHEN, other('prompts/get', 'p', '{"name":"p"}'), 'unknown by prompts.p, allow or deny, args.a'],
    ['server_requests: { "*": deny }', other('tools/call', 'sampling/createMessage'), 'left out'],
    ['prompts: { "*": deny }', other('completion/complete', 'p'), 'left out'],
  ])('%s', (policy, call, told) => {
    expect(judge(policy, [call])).toEqual([told]);
  });
});

const OWN = '/home/ada/.config/mcp-guard/policy.yaml';
const VALUES = fc.constantFrom<unknown>('a', 'b', 1, null, ['a'], { c: 'a' }, '["a"]', OWN);
const POLICIES = [
  'default: allow\ntools: { echo: [{ when: { args.k: a }, action: deny }, { when: { args.l: { exists: true } }, action: require_approval }, allow] }',
  'default: deny\ntools: { "e*": { when: { args.k: { starts_with: a } }, action: allow }, "*o": { when: { args.l.c: a }, action: require_approval } }',
  'default: allow\ntools: { echo: { when: { args.k: { not_in: [a] } }, action: deny } }\nrisks: { low: { when: { args.l: { length: 1 } }, action: require_approval } }',
].map(compile);

test('what masks hide is never told as known where it was something else', { timeout: 60_000 }, () => {
  const args = fc.dictionary(fc.constantFrom('k', 'l'), VALUES);
  const hidden = fc.constantFrom('k', 'l', 'key', 'all');
  fc.assert(
    fc.property(args, hidden, fc.constantFrom(...POLICIES), (args, hidden, policy) => {
      const show = (shown: object | null) =>
        new Judge(policy, () => null).judge(
          recordedOf(DENIED, shown === null ? null : JSON.stringify(shown)),
        );
      const real = show(args)?.becomes;
      const shown = Object.entries(args).map(([key, value]) =>
        key === hidden ? [key, MASK] : [hidden === 'key' && key === 'k' ? MASK : key, value],
      );
      const told = show(hidden === 'all' ? null : (Object.fromEntries(shown) as object))?.becomes;
      expect([real, 'unknown']).toContain(told);
    }),
    { numRuns: 2_000 },
  );
});
