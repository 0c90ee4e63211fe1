import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderCut, renderMask } from '../../../src/audit/mask.ts';
import type { RecordedCall } from '../../../src/audit/read/recorded-call.ts';
import { suggestPolicy } from '../../../src/audit/suggest/suggest-policy.ts';
import { parseLoaded } from '../../../src/policy/file/load.ts';
import { isToolName } from '../../../src/protocol/tool-name.ts';
import { fold } from '../../../src/policy/rule-index.ts';
import { gather, GROUND, record, refuse, spread, suggestFor } from './recorded.ts';

const RUNS = { numRuns: 60 };

const NASTY = [
  '<<',
  '~',
  'null',
  'yes',
  '- x',
  '# x',
  ': ',
  'a: b',
  "'",
  '"',
  '\n',
  '\u2028',
  '\u202e',
  '\ud83d\ude00',
  '*x',
  '&x',
  '!!x',
  '{}',
  '[1,2]',
  '[NaN]',
  '0x1f',
  '1e400',
  '',
  ' ',
  '%TAG',
  '---',
  '${HOME}',
  '\u0000',
  renderMask('0123456789abcdef'),
  renderCut(70_000, 'characters', '0123456789abcdef0123456789abcdef'),
  '/home/ada/work/a b.txt',
  '/etc/../etc/passwd',
  '/home/ada/.config/mcp-guard/policy.yaml',
  'https://example.com/x',
  'https://example.com@evil.example/',
  'file:///etc/x',
  '/home/ada/work/../secret',
  '/home/ada/Work/x',
];
const text = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('path', 'mode', 'limit', 'url') },
  { weight: 1, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'Path', 'a.b', '0', 'constructor') },
);
const number = fc.oneof(
  fc.integer({ min: -9, max: 9 }).map(String),
  fc.constantFrom('1e400', '-0', '0.10', '1E+2', '9007199254740993', '-5e-7'),
);
const scalar = fc.oneof(
  text.map((one) => JSON.stringify(one)),
  number,
  fc.constantFrom('null', 'true', 'false'),
);
const list = fc.array(scalar, { maxLength: 3 }).map((items) => `[${items.join(',')}]`);

function mapOf(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .uniqueArray(fc.tuple(key, value), { maxLength: 4, selector: ([name]) => name })
    .map((entries) => `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${inner}`).join(',')}}`);
}

const value = fc.oneof({ weight: 5, arbitrary: scalar }, list, mapOf(fc.oneof(scalar, list, mapOf(scalar))));
const args = fc.oneof({ weight: 6, arbitrary: mapOf(value) }, fc.constant(null));
const tool = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('read_file', 'write_file', 'null', '-', '<<', 'READ_FILE') },
  { weight: 1, arbitrary: text },
);
const profile = fc.constantFrom(
  { category: 'read', risk: 'low' } as const,
  { category: 'write', risk: 'medium' } as const,
  { category: null, risk: null } as const,
);
const outcome = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('allowed', 'approved', 'granted') },
  { weight: 1, arbitrary: fc.constantFrom('denied', 'approval_denied', 'approval_timeout', 'rate_limited') },
);
const call = fc
  .record({ tool, args, profile, outcome, isUntold: fc.nat(30), dryRun: fc.nat(20) })
  .map(({ tool, args, profile, outcome, isUntold, dryRun }): RecordedCall => {
    const made = record(tool, args, { ...profile, code: outcome, dryRun: dryRun === 0 });
    const told: RecordedCall = isUntold === 0 ? { ...made, arguments: { kind: 'untold' } } : made;
    return ['allowed', 'approved', 'granted'].includes(outcome) ? told : refuse(told, outcome);
  });
const calls = fc.array(call, { minLength: 1, maxLength: 25 }).map(spread);

function jsonOf({ arguments: told }: RecordedCall): string | null | undefined {
  return told.kind === 'told' ? told.json.toString() : told.kind === 'absent' ? null : undefined;
}

/** An object of JSON texts as JSON. */
function join(members: object): string {
  return `{${Object.entries(members)
    .map(([name, json]) => `"${name}":${String(json)}`)
    .join(',')}}`;
}

/** The lines from the comment above a tool's rule to the next rule. */
function commentOf(rules: string, name: string): string {
  const parts = rules.split(/\n\n/);
  return parts.find((part) => part.split('\n').some((line) => isKey(line, name))) ?? '';
}

function isKey(line: string, name: string): boolean {
  return line.startsWith(`  ${name}:`) || line.startsWith(`  '${name}':`);
}

test('whatever stands in a log, the policy is read without a warning and passes its tests', async () => {
  await fc.assert(
    fc.asyncProperty(calls, fc.boolean(), async (calls, isWidened) => {
      expect((await suggestFor(calls, {}, { isWidened })).warnings).toEqual([]);
    }),
    RUNS,
  );
});

test('whatever a server calls itself, the policy is read without a warning and names it', async () => {
  const evidence = await gather([record('get', '{}')]);
  const findSchema = () => null;
  fc.assert(
    fc.property(text, (server) => {
      const setting = { file: '/home/ada/p.yaml', server, ground: GROUND, findSchema, isWidened: false };
      const made = suggestPolicy(evidence, setting);
      const { policy, problems } = parseLoaded(Buffer.from(made.text), '/home/ada/p.yaml', GROUND);
      expect([problems, policy?.server]).toEqual([[], server.trim() === '' ? null : [server]]);
    }),
    RUNS,
  );
});

test('every call that ran is allowed, save where the comment says that it is asked about', async () => {
  await fc.assert(
    fc.asyncProperty(calls, fc.boolean(), async (calls, isWidened) => {
      const { rules, decide } = await suggestFor(calls, {}, { isWidened });
      const unsaid = calls.filter((call) => {
        const json = jsonOf(call);
        if (call.verdict !== 'allow' || call.dryRun || json === undefined || call.tool === null) return false;
        if (!isToolName(call.tool) || decide(call.tool, json).verdict === 'allow') return false;
        if (/mcp-guard\/policy/.test(json ?? '')) return false;
        const words = commentOf(rules, call.tool).replaceAll(/\n +# /g, ' ');
        return !/[Aa]sked about|said no|denied, and so|no condition here would tell|does not tell/.test(
          words,
        );
      });
      expect(unsaid).toEqual([]);
    }),
    RUNS,
  );
});

test('widened, every call that ran of a tool that only reads is allowed, where its arguments are plain', async () => {
  const word = fc.constantFrom(
    '"a"',
    '"b"',
    '"some text"',
    '"/srv/x/1"',
    '"/srv/y"',
    '"https://a.example/x"',
    '1',
    '-2.5',
    'null',
    'true',
  );
  const plain = fc.oneof(
    word,
    fc.array(word, { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
  );
  const inner = fc.record({ deep: plain }, { requiredKeys: [] }).map(join);
  const shape = fc.record({ path: plain, limit: plain, options: inner });
  await fc.assert(
    fc.asyncProperty(fc.array(shape, { minLength: 1, maxLength: 14 }), async (ran) => {
      const calls = spread(ran.map((one) => record('get', join(one))));
      const { decide, warnings } = await suggestFor(calls, {}, { isWidened: true });
      expect(warnings).toEqual([]);
      expect(calls.map((call) => decide('get', jsonOf(call) ?? null).verdict)).toEqual(
        calls.map(() => 'allow'),
      );
    }),
    RUNS,
  );
});

test('a call of a tool that never ran is never allowed', async () => {
  await fc.assert(
    fc.asyncProperty(calls, args, tool, fc.boolean(), async (calls, args, tool, isWidened) => {
      const { decide } = await suggestFor(calls, {}, { isWidened });
      const ran = calls.some((call) => call.tool === tool && call.verdict === 'allow' && !call.dryRun);
      expect(ran || decide(tool, args).verdict !== 'allow').toBe(true);
    }),
    RUNS,
  );
});

test('what the policy refused, or a person, is never allowed', async () => {
  await fc.assert(
    fc.asyncProperty(calls, fc.boolean(), async (calls, isWidened) => {
      const { decide } = await suggestFor(calls, {}, { isWidened });
      const allowed = calls.filter((call) => {
        const json = jsonOf(call);
        if (json === undefined || !/^(?:approval_)?denied$/.test(call.code)) return false;
        return decide(call.tool ?? '', json).verdict === 'allow';
      });
      expect(allowed).toEqual([]);
    }),
    RUNS,
  );
});

test('the same calls give the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(calls, async (calls) => {
      expect((await suggestFor(calls)).text).toBe((await suggestFor(calls)).text);
    }),
    { numRuns: 30 },
  );
});

test('with an argument more, an argument less or another value where values are listed, a call is never allowed', async () => {
  const listed = fc.record({
    mode: fc.constantFrom('"fast"', '"slow"'),
    force: fc.constantFrom('true', 'false'),
    level: fc.constantFrom('1', '2', '3'),
  });
  const other = fc.oneof(scalar, list).filter((one) => !['"fast"', '"slow"'].includes(one));
  await fc.assert(
    fc.asyncProperty(fc.array(listed, { minLength: 1, maxLength: 12 }), other, async (ran, other) => {
      const { decide } = await suggestFor(
        spread(ran.map((one) => record('set', join(one), { category: 'write' }))),
      );
      const [first = { mode: '"fast"', force: 'true', level: '1' }] = ran;
      const defaults =
        '{"properties":{"mode":{"default":"fast"},"force":{"default":true},"level":{"default":2}}}';
      for (const schema of [undefined, defaults]) {
        const verdicts = [
          { ...first, mode: other },
          { ...first, more: other },
          { mode: first.mode, force: first.force },
          { mode: first.mode, force: first.force, more: '1' },
        ].map((one) => decide('set', join(one), schema).verdict);
        expect(verdicts).not.toContain('allow');
      }
    }),
    RUNS,
  );
});

test('a call that never happened is never allowed, whatever its values did elsewhere', async () => {
  const word = fc.constantFrom(
    '"a"',
    '"b"',
    '"/srv/x"',
    '1',
    '2',
    'null',
    '["a"]',
    '["a","b"]',
    '["b"]',
    '{}',
  );
  const inner = fc.record({ deep: word }, { requiredKeys: [] }).map(join);
  const shape = fc.record({ x: word, y: word, z: inner }, { requiredKeys: ['x'] }).map(join);
  const profile = fc.constantFrom({ category: 'write' } as const, {});
  await fc.assert(
    fc.asyncProperty(fc.array(shape, { minLength: 2, maxLength: 20 }), profile, async (ran, rest) => {
      const { decide } = await suggestFor(spread(ran.slice(1).map((one) => record('go', one, rest))));
      const happened = new Set(ran.slice(1));
      const others = [
        ...ran,
        ...ran.map((one) => one.replace('"a"', '"b"')),
        ...ran.map((one) => one.replace('1', '2')),
      ];
      const allowed = others.filter((one) => decide('go', one).verdict === 'allow');
      expect(allowed.filter((one) => !happened.has(one))).toEqual([]);
      const plain = [...happened].filter((one) => !one.includes('"z":{"deep":{'));
      expect(plain.filter((one) => decide('go', one).verdict !== 'allow')).toEqual([]);
    }),
    RUNS,
  );
});

test('widened, outside of the numbers and folders that were seen a call is never allowed, and inside it is', async () => {
  const number = fc.integer({ min: -1_000, max: 1_000 });
  const name = fc.stringMatching(/^[a-z]{1,3}$/);
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/top/${names.join('/')}`);
  const ran = fc.array(fc.record({ n: number, path }), { minLength: 3, maxLength: 9 });
  const isVaried = (values: readonly unknown[]): boolean => 2 * new Set(values).size > values.length;
  await fc.assert(
    fc.asyncProperty(ran, number, path, async (ran, n, path) => {
      fc.pre(isVaried(ran.map((one) => one.n)) && isVaried(ran.map((one) => one.path)));
      const { decide } = await suggestFor(
        spread(ran.map((one) => record('get', JSON.stringify(one)))),
        {},
        { isWidened: true },
      );
      const numbers = ran.map((one) => one.n);
      const isBetween = Math.min(...numbers) <= n && n <= Math.max(...numbers);
      const [first = ''] = ran.map((one) => one.path);
      const folders = first.split('/').map((_, at, names) => names.slice(0, at + 1).join('/'));
      const lies = (one: string, folder: string): boolean => `${one}/`.startsWith(`${folder}/`);
      const deepest = folders.findLast((folder) => ran.every((one) => lies(one.path, folder))) ?? '';
      const expected = isBetween && lies(path, deepest) ? 'allow' : 'require_approval';
      expect(decide('get', JSON.stringify({ n, path })).verdict).toBe(expected);
    }),
    RUNS,
  );
});

test('a value of another kind than those that ran is never allowed, whatever its length', async () => {
  const word = fc.constantFrom(
    '""',
    '"a"',
    '"b c"',
    '"/srv/x"',
    '"https://a.example/"',
    '[]',
    '["a"]',
    '["a","b"]',
    '{}',
  );
  const more = fc.constantFrom(
    '{"a":1}',
    '{"a":{}}',
    '{"a":{"b":1}}',
    '{"no_such_key":1}',
    '1',
    '0',
    '-5',
    'null',
    'true',
  );
  const any = fc.oneof(word, more);
  const kindOf = (json: string): string => (/^[[{"]/.exec(json) ?? [/\d/.test(json) ? 'number' : json])[0];
  await fc.assert(
    fc.asyncProperty(
      fc.array(any, { minLength: 1, maxLength: 8 }),
      any,
      fc.boolean(),
      async (ran, other, isWidened) => {
        fc.pre(!ran.some((one) => kindOf(one) === kindOf(other)));
        const { decide, warnings } = await suggestFor(
          spread(ran.map((one) => record('get', join({ x: one })))),
          {},
          { isWidened },
        );
        expect(warnings).toEqual([]);
        expect(
          [join({ x: other }), join({ x: '{}', y: other })].map((one) => decide('get', one).verdict),
        ).not.toContain('allow');
      },
    ),
    { numRuns: 150 },
  );
});

test('names that differ by case alone are all treated as the strictest', async () => {
  await fc.assert(
    fc.asyncProperty(calls, async (calls) => {
      const { decide } = await suggestFor(calls);
      const names = calls.flatMap(({ tool }) => tool ?? []);
      const confused = names.filter((name) => {
        const hasTwin = names.some((other) => other !== name && fold(other) === fold(name));
        return hasTwin && decide(name, null).verdict === 'allow';
      });
      expect(confused).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
