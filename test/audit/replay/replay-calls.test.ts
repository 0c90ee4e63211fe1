import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { renderMask } from '../../../src/audit/mask.ts';
import { Judge } from '../../../src/audit/replay/judge-recorded.ts';
import { replayCalls } from '../../../src/audit/replay/replay-calls.ts';
import type { Replay } from '../../../src/audit/replay/replay.ts';
import type { RecordedCall } from '../../../src/audit/read/recorded-call.ts';
import { compilePolicy, type CompiledPolicy } from '../../../src/policy/compile.ts';
import { loadRegexEngine } from '../../../src/policy/condition/regex.ts';
import { decide } from '../../../src/policy/decide.ts';
import { parseLoaded } from '../../../src/policy/file/load.ts';
import { GROUND, setOf } from '../../helpers/policy.ts';
import { recordedOf, streamOf } from '../../helpers/recorded-call.ts';

beforeAll(loadRegexEngine);

function compile(text: string): CompiledPolicy {
  const { policy, problems } = parseLoaded(Buffer.from(`version: 1\n${text}`), 'p.yaml', GROUND);
  if (policy === null) throw new Error(JSON.stringify(problems));
  return compilePolicy(setOf(policy), GROUND);
}

async function replay(text: string, calls: readonly RecordedCall[]): Promise<Replay> {
  return replayCalls(streamOf(calls), compile(text), () => null);
}

/** Each change and doubt in a line. */
function say({ changes, unknown, unchanged, leftOut }: Replay): string[] {
  return [
    ...Object.entries(changes).flatMap(([change, rows]) =>
      rows.map(
        ({ tool, was, becomes, rule, calls }) => `${change} ${calls} ${tool}: ${was} ${becomes} by ${rule}`,
      ),
    ),
    ...unknown.map(
      ({ tool, calls, strictest, mildest }) => `unknown ${calls} ${tool}: ${mildest} or ${strictest}`,
    ),
    ...[...leftOut].map(([why, calls]) => `left out ${calls}: ${why}`),
    `unchanged ${unchanged}`,
  ];
}

const RAN = recordedOf();
const APPROVED = recordedOf({ code: 'approved', approver: 'console', waitMs: 5 });
const REFUSED = recordedOf({ code: 'approval_denied', verdict: 'deny', waitMs: 5, result: null });
const DENIED = recordedOf({ code: 'denied', verdict: 'deny', result: null });
const LIMITED = recordedOf({ code: 'rate_limited', verdict: 'deny', result: null });
const MASK = renderMask('1a2b3c4d5e6f');

test.each<[string, string, RecordedCall[], string[]]>([
  ['what ran and still would', 'default: allow', [RAN], ['unchanged 1']],
  [
    'what ran and is refused',
    'default: deny',
    [RAN, RAN],
    ['denied 2 echo: allow deny by default', 'unchanged 0'],
  ],
  ['what ran and is asked about', '', [RAN], ['asked 1 echo: allow ask by default', 'unchanged 0']],
  ['a yes, which nobody gives again', '', [APPROVED, REFUSED], ['unchanged 2']],
  [
    'a yes that is no longer needed',
    'default: allow',
    [APPROVED],
    ['allowed 1 echo: ask allow by default', 'unchanged 0'],
  ],
  [
    'what was refused and would run',
    'default: allow',
    [DENIED],
    ['allowed 1 echo: deny allow by default', 'unchanged 0'],
  ],
  ['what was limited and would be denied', 'default: deny', [LIMITED], ['unchanged 1']],
  [
    'limits by the times of the log, each session by itself',
    'default: allow\nrate_limit: 2/minute',
    [0, 1, 2, 3, 61, 62]
      .map((second) => recordedOf({ time: RAN.time + second * 1000 }))
      .concat(recordedOf({ session: 'bbbb' })),
    ['denied 2 echo: allow limit by rate_limit', 'unchanged 5'],
  ],
  [
    'limits of the machine over all sessions',
    'default: allow\nrate_limit: { max: 2, window: 1m, scope: machine }',
    [recordedOf(), recordedOf({ session: 'bbbb' }), recordedOf({ session: 'cccc' })],
    ['denied 1 echo: allow limit by rate_limit', 'unchanged 2'],
  ],
  [
    'a limit that asks',
    'default: allow\nrate_limit: { max: 1, window: 1m, on_exceed: require_approval }',
    [RAN, RAN],
    ['asked 1 echo: allow ask by rate_limit', 'unchanged 1'],
  ],
  [
    'questions that were refused take no place',
    'rate_limit: 1/minute',
    [REFUSED, REFUSED, APPROVED],
    ['unchanged 3'],
  ],
  [
    'what is no tool',
    'resources: { "file:///etc/*": deny }\nprompts: { x: deny }\nserver_requests: { sampling/createMessage: deny }',
    [
      recordedOf({ tool: null, other: { method: 'resources/read', target: 'file:///etc/x' } }),
      recordedOf({ tool: null, other: { method: 'prompts/get', target: 'x' } }),
      recordedOf({
        tool: null,
        other: { method: 'sampling/createMessage', target: 'sampling/createMessage' },
      }),
      recordedOf({ tool: null, other: { method: 'completion/complete', target: 'completion/complete' } }),
    ],
    [
      'denied 1 resources/read file:///etc/x: allow deny by resources["file:///etc/*"]',
      'denied 1 prompts/get x: allow deny by prompts.x',
      'denied 1 sampling/createMessage sampling/createMessage: allow deny by server_requests.sampling/createMessage',
      'left out 1: what it was about is not told',
      'unchanged 0',
    ],
  ],
  [
    'the state of a moment, which no policy decides',
    'default: deny',
    [recordedOf({ code: 'paused', verdict: 'deny' }), recordedOf({ code: 'tool_changed', verdict: 'deny' })],
    ['left out 1: paused', 'left out 1: tool changed', 'unchanged 0'],
  ],
  [
    'calls of another server than the policy is for',
    'server: "pg-*"\ndefault: deny',
    [RAN, recordedOf({ server: 'pg-main' })],
    ['denied 1 echo: allow deny by default', 'left out 1: the policy is for another server', 'unchanged 0'],
  ],
  [
    'categories and risks as they were logged',
    'default: deny\ncategories: { read: allow }',
    [RAN, recordedOf({ category: 'write' })],
    ['denied 1 echo: allow deny by default', 'unchanged 1'],
  ],
])('%s', async (_, text, calls, told) => {
  expect(say(await replay(text, calls))).toEqual(told);
});

const ON_KEY = 'default: deny\ntools: { echo: [{ when: { args.key: secret }, action: deny }, allow] }';

describe('what the log does not tell', () => {
  test.each<[string, string, string | null, string]>([
    [
      'a masked value that a condition asks for',
      ON_KEY,
      `{"key":"${MASK}"}`,
      'unknown 1 echo: allow or deny',
    ],
    ['a masked value that it does not', ON_KEY, `{"key":"x","other":"${MASK}"}`, 'unchanged 1'],
    [
      'a mask further in',
      ON_KEY.replace('args.key: secret', 'args: { length: 1 }'),
      `{"a":[{"b":"${MASK}"}]}`,
      'unknown 1 echo: allow or deny',
    ],
    [
      'a mask that a condition looks past',
      ON_KEY.replace('args.key: secret', 'args.key: { exists: false }'),
      `{"key":"${MASK}"}`,
      'unchanged 1',
    ],
    [
      'a key that was masked, which may be the one',
      ON_KEY,
      `{"${MASK}":"x"}`,
      'unknown 1 echo: allow or deny',
    ],
    ['arguments that were not kept', ON_KEY, null, 'unknown 1 echo: allow or deny'],
    ['arguments that were not kept, and that nobody asks for', 'default: allow', null, 'unchanged 1'],
    [
      'a mask that comes to the same either way',
      ON_KEY.replace('allow]', 'deny]'),
      `{"key":"${MASK}"}`,
      'denied 1 echo: allow deny by tools.echo[0]',
    ],
    [
      'an amount that was masked',
      'default: allow\nrate_limit: { max: 5, window: 1m, sum: args.key }',
      `{"key":"${MASK}"}`,
      'unknown 1 echo: allow or limit',
    ],
    [
      'an odd value that is whole is decided as it was then',
      ON_KEY,
      '{"key":["secret"]}',
      'denied 1 echo: allow deny by tools.echo[0]',
    ],
  ])('%s', async (_, text, args, told) => {
    expect(say(await replay(text, [recordedOf({}, args)]))[0]).toBe(told);
  });
});

const VALUE = fc.constantFrom('"a"', '"b"', '1', '2', 'true', 'null', '["a"]', '{"c":"a"}');
const ARGS = fc.dictionary(fc.constantFrom('k', 'l', 'm'), VALUE, { maxKeys: 3 });
const POLICIES = [
  'default: deny\ntools: { echo: [{ when: { args.k: a }, action: allow }, require_approval] }',
  'default: allow\ntools: { echo: [{ when: { args.k: { in: [a, 1] }, args.l: { exists: true } }, action: deny }, { when: { args.m: { ne: a } }, action: require_approval }, allow] }',
  'default: require_approval\ntools: { "e*": [{ when: { args.k.c: a }, action: deny }, { when: { args.l: { lt: 2 } }, action: allow }, deny] }',
].map(compile);

function renderArgs(args: Readonly<Record<string, string>>): string {
  return `{${Object.entries(args)
    .map(([key, value]) => `"${key}":${value}`)
    .join(',')}}`;
}

test('whole arguments are judged as they would be', () => {
  fc.assert(
    fc.property(ARGS, fc.constantFrom(...POLICIES), (args, policy) => {
      const json = renderArgs(args);
      const { verdict } = decide(policy, {
        kind: 'tools',
        name: 'echo',
        args: Buffer.from(json),
        schema: null,
        profile: null,
      });
      const expected = { allow: 'allow', require_approval: 'ask', deny: 'deny' }[verdict];
      expect(new Judge(policy, () => null).judge(recordedOf({}, json))?.becomes).toBe(expected);
    }),
  );
});

test('a mask never makes known what the arguments would not have come to', () => {
  fc.assert(
    fc.property(
      ARGS,
      fc.constantFrom('k', 'l', 'm'),
      fc.constantFrom(...POLICIES),
      (args, masked, policy) => {
        const judge = (json: string) => new Judge(policy, () => null).judge(recordedOf({}, json))?.becomes;
        const real = judge(renderArgs(args));
        const shown = judge(renderArgs(masked in args ? { ...args, [masked]: `"${MASK}"` } : args));
        expect([real, 'unknown']).toContain(shown);
      },
    ),
    { numRuns: 500 },
  );
});

test('examples are few, and told as they were logged', async () => {
  const calls = Array.from({ length: 10 }, (_, seq) => recordedOf({ seq }, `{"n":${seq}.0}`));
  const { changes } = await replay('default: deny', calls);
  expect(changes.denied).toEqual([
    {
      server: 'mq',
      tool: 'echo',
      was: 'allow',
      becomes: 'deny',
      rule: 'default',
      reason: null,
      calls: 10,
      examples: [0, 1, 2].map((seq) => ({ session: 'aaaa', seq, arguments: `{"n":${seq}.0}` })),
    },
  ]);
});

test('of a call whose name is masked nothing is known', async () => {
  const found = await replay('default: allow', [recordedOf({ tool: MASK })]);
  expect(say(found)).toEqual([`unknown 1 ${MASK}: allow or deny`, 'unchanged 0']);
});
