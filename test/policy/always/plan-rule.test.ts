import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePolicy } from '../../../src/policy/compile.ts';
import { decide } from '../../../src/policy/decide.ts';
import { parseLoaded } from '../../../src/policy/file/load.ts';
import { planRule, type Plan, type RuleWish } from '../../../src/policy/always/plan-rule.ts';
import type { Profile } from '../../../src/policy/profile.ts';
import { callOf, GROUND, profileOf, setOf } from '../../helpers/policy.ts';

const SEEN = profileOf(['write', 'medium']);

function plan(
  text: string,
  { tool = 'x', rule = 'default', file = 'p.yaml', profile = SEEN }: Partial<RuleWish> = {},
): Plan {
  const bytes = Buffer.from(text);
  const hashes = [createHash('sha256').update(bytes).digest('hex')];
  return planRule(bytes, { file, hashes, tool, profile, rule, added: [], ground: GROUND });
}

/** The text as it would be, or why it would not. */
function planned(text: string, wish?: Partial<RuleWish>): string {
  const found = plan(text, wish);
  return found.kind === 'rule' ? found.bytes.toString() : found.why;
}

function lines(text: string, wish?: Partial<RuleWish>): readonly string[] {
  const found = plan(text, wish);
  return found.kind === 'rule' ? found.lines : [found.why];
}

describe('adds a rule for the tool as the last one', () => {
  test.each<[string, string, string]>([
    ['of a map', 'version: 1\ntools:\n  a: deny\n', 'version: 1\ntools:\n  a: deny\n  x: allow\n'],
    [
      'with four spaces',
      'version: 1\ntools:\n    a: deny\n\n\ntests: [{ call: a, expect: deny }]\n',
      'version: 1\ntools:\n    a: deny\n    x: allow\n\n\ntests: [{ call: a, expect: deny }]\n',
    ],
    [
      'between comments at every place',
      '# 0\nversion: 1 # 1\n# 2\ntools: # 3\n  # 4\n  a: # 5\n    # 6\n    action: deny # 7\n    # 8\n  # 9\n# 10\ndefault: require_approval # 11\n# 12\n',
      '# 0\nversion: 1 # 1\n# 2\ntools: # 3\n  # 4\n  a: # 5\n    # 6\n    action: deny # 7\n  x: allow\n    # 8\n  # 9\n# 10\ndefault: require_approval # 11\n# 12\n',
    ],
    [
      'behind a comment on the last line',
      'version: 1\ntools:\n  a: deny # never\n  # b: allow\n',
      'version: 1\ntools:\n  a: deny # never\n  x: allow\n  # b: allow\n',
    ],
    ['without a final newline', 'version: 1\ntools:\n  a: deny', 'version: 1\ntools:\n  a: deny\n  x: allow'],
    [
      'with CR LF',
      'version: 1\r\ntools:\r\n  a: deny # c\r\n# d\r\n',
      'version: 1\r\ntools:\r\n  a: deny # c\r\n  x: allow\r\n# d\r\n',
    ],
    [
      'with CR LF, but no final one',
      'version: 1\r\ntools:\r\n  a: deny',
      'version: 1\r\ntools:\r\n  a: deny\r\n  x: allow',
    ],
    [
      'behind a byte order mark',
      '\ufeffversion: 1\ntools:\n  a: deny\n',
      '\ufeffversion: 1\ntools:\n  a: deny\n  x: allow\n',
    ],
    [
      'below quoted keys and letters of all kinds',
      'version: 1\ntools:\n  "*löschen*": deny\n  \'z\': { action: deny, reason: "\u{1f512} ünï" } # 日本\n',
      'version: 1\ntools:\n  "*löschen*": deny\n  \'z\': { action: deny, reason: "\u{1f512} ünï" } # 日本\n  x: allow\n',
    ],
    [
      'below a map',
      'version: 1\ntools:\n  a:\n    action: deny\n    reason: no\ndefault: require_approval\n',
      'version: 1\ntools:\n  a:\n    action: deny\n    reason: no\n  x: allow\ndefault: require_approval\n',
    ],
    [
      'below a list',
      'version: 1\ntools:\n  a:\n  - action: deny\n    reason: no\n',
      'version: 1\ntools:\n  a:\n  - action: deny\n    reason: no\n  x: allow\n',
    ],
    [
      'below a text of several lines',
      'version: 1\ntools:\n  a:\n    action: deny\n    reason: |\n      one\n\n      two\ndefault: require_approval\n',
      'version: 1\ntools:\n  a:\n    action: deny\n    reason: |\n      one\n\n      two\n  x: allow\ndefault: require_approval\n',
    ],
    [
      'below a text that keeps its empty lines',
      'version: 1\ntools:\n  a:\n    action: deny\n    reason: |+\n      one\n\n\n# c\ndefault: require_approval\n',
      'version: 1\ntools:\n  a:\n    action: deny\n    reason: |+\n      one\n\n\n  x: allow\n# c\ndefault: require_approval\n',
    ],
    [
      'below braces over several lines',
      'version: 1\ntools:\n  a: {\n    action: deny,\n    reason: no\n  } # c\n',
      'version: 1\ntools:\n  a: {\n    action: deny,\n    reason: no\n  } # c\n  x: allow\n',
    ],
    [
      'before the end of the document',
      '---\nversion: 1\ntools:\n  a: deny\n...\n# c\n',
      '---\nversion: 1\ntools:\n  a: deny\n  x: allow\n...\n# c\n',
    ],
    ['in empty braces', 'version: 1\ntools: {} # c\n', 'version: 1\ntools: { x: allow } # c\n'],
    [
      'in empty braces over two lines',
      'version: 1\ntools: { # c\n  }\n',
      'version: 1\ntools: { x: allow # c\n  }\n',
    ],
    [
      'in braces',
      'version: 1\ntools: {a: deny, b*: deny}\n',
      'version: 1\ntools: {a: deny, b*: deny, x: allow}\n',
    ],
    [
      'in braces with a last comma',
      'version: 1\ntools: { a: deny, }\n',
      'version: 1\ntools: { a: deny, x: allow, }\n',
    ],
    [
      'in braces over several lines',
      'version: 1\ntools: {\n    a: deny, # c\n    b: deny # d\n  }\n',
      'version: 1\ntools: {\n    a: deny, # c\n    b: deny, # d\n    x: allow\n  }\n',
    ],
    [
      'in braces over several lines with a last comma',
      'version: 1\ntools: {\n  a: deny , # c\n}\n',
      'version: 1\ntools: {\n  a: deny , # c\n  x: allow,\n}\n',
    ],
    [
      'in JSON',
      '{\n\t"version": 1,\n\t"tools": {\n\t\t"a": "deny"\n\t}\n}\n',
      '{\n\t"version": 1,\n\t"tools": {\n\t\t"a": "deny",\n\t\t"x": "allow"\n\t}\n}\n',
    ],
    [
      'in JSON on one line',
      '{"version":1,"tools":{"a":"deny"}}',
      '{"version":1,"tools":{"a":"deny", "x": "allow"}}',
    ],
    ['in empty JSON', '{"version":1,"tools":{}}', '{"version":1,"tools":{ "x": "allow" }}'],
  ])('%s', (_, before, after) => {
    expect(planned(before)).toBe(after);
  });
});

describe('adds tools where there are none', () => {
  test.each<[string, string, string]>([
    ['at the end', 'version: 1\n', 'version: 1\ntools:\n  x: allow\n'],
    ['without a final newline', 'version: 1', 'version: 1\ntools:\n  x: allow'],
    [
      'before comments at the end',
      'default: require_approval\nversion: 1 # c\n\n# tools:\n',
      'default: require_approval\nversion: 1 # c\ntools:\n  x: allow\n\n# tools:\n',
    ],
    ['below indented keys', '  version: 1\n', '  version: 1\n  tools:\n    x: allow\n'],
    ['in JSON', '{"version": 1}\n', '{"version": 1, "tools": { "x": "allow" }}\n'],
    ['in braces', '{ version: 1 }\n', '{ version: 1, tools: { x: allow } }\n'],
  ])('%s', (_, before, after) => {
    expect(planned(before)).toBe(after);
  });
});

describe('changes the action of the rule that the tool has', () => {
  test.each<[string, string, string]>([
    ['as a word', 'x: require_approval # c', 'x: allow # c'],
    ['in quotes', '"x": \'require_approval\'', '"x": \'allow\''],
    ['in double quotes', 'x: "require_approval"', 'x: "allow"'],
    [
      'in a map',
      'x: # c\n    reason: because # d\n    action: require_approval # e\n    rate_limit: 1/s',
      'x: # c\n    reason: because # d\n    action: allow # e\n    rate_limit: 1/s',
    ],
    ['in braces', 'x: {reason: x, action: require_approval}', 'x: {reason: x, action: allow}'],
    ['with an anchor that nobody follows', 'x: &x require_approval', 'x: &x allow'],
  ])('%s', (_, before, after) => {
    const text = (rule: string) => `version: 1\ntools:\n  a: deny\n  ${rule}\n  b: deny\n`;
    expect(planned(text(before), { rule: 'tools.x' })).toBe(text(after));
  });

  test.each<[string, string, string]>([
    [
      'a map',
      'x:\n    # c\n    rate_limit: 1/s # d',
      'x:\n    # c\n    action: allow\n    rate_limit: 1/s # d',
    ],
    ['braces', 'x: { rate_limit: 1/s }', 'x: { action: allow, rate_limit: 1/s }'],
    [
      'braces over several lines',
      'x: {\n    "rate_limit": "1/s"\n  }',
      'x: {\n    "action": "allow",\n    "rate_limit": "1/s"\n  }',
    ],
  ])('or adds one to %s that only limits', (_, before, after) => {
    const text = (rule: string) => `version: 1\ntools:\n  ${rule}\n`;
    expect(planned(text(before))).toBe(text(after));
  });

  test('with CR LF', () => {
    const text = (action: string) =>
      `version: 1\r\ntools:\r\n  x:\r\n    ${action}rate_limit: 1/s\r\ndefault: require_approval\r\n`;
    expect(planned(text(''))).toBe(text('action: allow\r\n    '));
  });
});

test.each(['null', 'Yes', '0x10', '1.5', '-a', '.inf', 'a.b/c-d', '...', '---'])(
  'writes the name %s so that it stays a name',
  (tool) => {
    const text = planned('version: 1\ntools:\n  a: deny\n', { tool });
    const { policy } = parseLoaded(Buffer.from(text), 'p.yaml', GROUND);
    expect(policy?.rules.tools[1]).toMatchObject({
      pattern: tool,
      kind: 'exact',
      rules: [{ action: 'allow' }],
    });
  },
);

test('adds to 1,000 rules without a change to any of them', () => {
  const rules = Array.from({ length: 1000 }, (_, index) => `  tool_${index}: require_approval # ${index}\n`);
  const text = `version: 1\ntools:\n${rules.join('')}`;
  expect(planned(text)).toBe(`${text}  x: allow\n`);
  expect(planned(text, { tool: 'tool_500', rule: 'tools.tool_500' })).toBe(
    text.replace('tool_500: require_approval', 'tool_500: allow'),
  );
});

describe('shows what it changes', () => {
  test.each<[string, string, string, readonly string[]]>([
    ['below tools', 'version: 1\ntools: # c\n  a: deny\n', 'default', ['tools: # c', '  x: allow']],
    ['with tools', 'version: 1\n', 'default', ['tools:', '  x: allow']],
    [
      'in place of a word',
      'version: 1\ntools:\n  x: require_approval\n',
      'tools.x',
      ['tools:', '  x: allow'],
    ],
    [
      'below the name of the tool',
      'version: 1\r\ntools:\r\n  a: deny\r\n  x:\r\n    reason: y\r\n    action: require_approval\r\n',
      'tools.x',
      ['tools:', '  x:', '    action: allow'],
    ],
    [
      'behind a last line without an end',
      'version: 1\r\ntools:\r\n  a: deny',
      'default',
      ['tools:', '  x: allow'],
    ],
    [
      'without control of the terminal',
      'version: 1\ntools: # \u202e\n  a: deny\n',
      'default',
      ['tools: # \\u{202e}', '  x: allow'],
    ],
    [
      'with the comma that it needs',
      '{\n  "version": 1,\n  "tools": {\n    "a": "deny"\n  }\n}\n',
      'default',
      ['  "tools": {', '    "a": "deny",', '    "x": "allow"'],
    ],
  ])('%s', (_, text, rule, shown) => {
    expect(lines(text, { rule })).toEqual(shown);
  });

  test('at the end of a line that is too long to be read', () => {
    const text = `{"version": 1, "tools": {${Array.from({ length: 99 }, (_, index) => `"tool_${index}": "deny"`).join(', ')}}}`;
    expect(lines(text)).toEqual(['…y", "tool_97": "deny", "tool_98": "deny", "x": "allow"}}']);
  });
});

describe('writes nothing', () => {
  test.each<[string, string, { tool?: string; rule?: string }, string]>([
    [
      'where the rule is a list',
      'version: 1\ntools:\n  x: [require_approval]\n',
      { rule: 'tools.x[0]' },
      'its rule is a list: edit the file by hand',
    ],
    [
      'where the rule is an alias',
      'version: 1\ntools:\n  a: &a { action: require_approval }\n  x: *a\n',
      { rule: 'tools.x' },
      'its rule is an alias for another: edit the file by hand',
    ],
    [
      'where the action is an alias',
      'version: 1\ndefault: &a require_approval\ntools:\n  x: { action: *a }\n',
      { rule: 'tools.x' },
      'its action is an alias: edit the file by hand',
    ],
    [
      'where the action stands in a block',
      'version: 1\ntools:\n  x: >-\n    require_approval\n',
      { rule: 'tools.x' },
      'its action is not written as a plain word: edit the file by hand',
    ],
    [
      'where an alias of the rule would change too',
      'version: 1\ntools:\n  x: &a { action: require_approval }\n  b: *a\n',
      { rule: 'tools.x' },
      'the decision about "b" would change too: edit the file by hand',
    ],
    [
      'where an alias of a glob would change too',
      'version: 1\ntools:\n  x: &a require_approval\n  b*: *a\n',
      { rule: 'tools.x' },
      'something else in the policy would change too: edit the file by hand',
    ],
    [
      'where a stricter rule stands for another spelling',
      'version: 1\ntools:\n  X: require_approval\n',
      {},
      'tools.X, a stricter rule for another spelling of the name, would still decide: edit the file by hand',
    ],
    [
      'where another spelling would be let pass',
      'version: 1\ntools:\n  x: require_approval\n  X: allow\n',
      { rule: 'tools.x' },
      'the decision about "X" would change too: edit the file by hand',
    ],
    [
      'where a test of the policy says otherwise',
      'version: 1\ntools: { a: deny }\ntests:\n  - { call: x, expect: require_approval }\n',
      {},
      'a test of the policy stands against it: line 4: the test fails: "x" is allow by tools.x, and not require_approval: edit the file by hand',
    ],
    [
      'where a limit asked',
      'version: 1\ndefault: allow\nrate_limit: { max: 1, window: 60, on_exceed: require_approval }\n',
      { rule: 'rate_limit' },
      'the question came from rate_limit, which a rule for the tool would not change',
    ],
    [
      'where another rule asks than the one that is said to',
      'version: 1\ntools:\n  x*: require_approval\n',
      {},
      'the question came from default, which a rule for the tool would not change',
    ],
    [
      'where the tool is denied',
      'version: 1\ndefault: deny\n',
      {},
      'the question came from default, which a rule for the tool would not change',
    ],
    [
      'for a name that no tool has',
      'version: 1\n',
      { tool: 'a: allow\nb' },
      String.raw`no tool can have the name "a: allow\nb"`,
    ],
    ['where the policy is broken', 'version: 1\ntools:\n', {}, 'the file is no sound policy'],
    ['where the indentation is a tab', 'version: 1\ntools:\n\ta: deny\n', {}, 'the file is no sound policy'],
    [
      'where the first key does not begin its line',
      'version: 1\ntools:\n  &k a: deny\n',
      {},
      'its layout leaves no room for a rule: edit the file by hand',
    ],
  ])('%s', (_, text, wish, why) => {
    expect(planned(text, wish)).toBe(why);
  });

  test('where the file is another than the one that was loaded', () => {
    const wish = {
      file: 'p.yaml',
      hashes: ['0'.repeat(64)],
      added: [],
      ground: GROUND,
      tool: 'x',
      profile: SEEN,
      rule: 'default',
    };
    expect(planRule(Buffer.from('version: 1\n'), wish)).toEqual({
      kind: 'impossible',
      why: 'the file changed since it was loaded',
    });
  });

  test('where the file would become too large to be read again', () => {
    const text = `version: 1\n#${'x'.repeat((1 << 20) - 12)}`;
    expect(planned(text)).toBe('the file would have more than 1048576 bytes: edit the file by hand');
  });
});

const NAMES = ['x', 'X', 'y', 'x_*', '"*"', 'null_', '"y.z"'];
const RULES = [
  'require_approval',
  '"require_approval" # c',
  'allow',
  'deny # no',
  '{ action: require_approval, reason: "#" }',
  '{rate_limit: 1/s}',
  '[require_approval, deny]',
  '\n  I  reason: >+\n  I    a\n\n  I  action: require_approval # c\n  I  # end',
  '\n  I  rate_limit: 5/m',
  '&a require_approval',
];

const policies = fc
  .record({
    rules: fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...RULES)), {
      selector: ([name]) => name,
      maxLength: 5,
    }),
    indent: fc.constantFrom(' ', '  ', '    '),
    eol: fc.constantFrom('\n', '\r\n'),
    between: fc.constantFrom('', '\n', '  # c\n', '\n\n# c\n'),
    after: fc.constantFrom('', 'default: require_approval\n', 'default: allow\n# end\n', '...\n'),
    cut: fc.boolean(),
  })
  .map(({ rules, indent, eol, between, after, cut }) => {
    const written = rules.map(([name, rule]) => `${indent}${name}: ${rule.replaceAll('  I', indent)}\n`);
    const tools = rules.length === 0 ? '' : `tools:\n${written.join(between)}`;
    const text = `version: 1\n${tools}${between}${after}`;
    return (cut ? text.trimEnd() : text).replaceAll('\n', eol);
  });

/** The lines in which two texts differ. */
function findMiddle(old: string[], now: string[]): [string[], string[]] {
  const most = Math.min(old.length, now.length);
  let [head, tail] = [0, 0];
  while (head < most && old[head] === now[head]) head++;
  while (tail < most - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  return [old.slice(head, old.length - tail), now.slice(head, now.length - tail)];
}

function writeWord(word: string): string {
  return word === '' ? 'action: allow, ' : 'allow';
}

test('allows the tool and changes its own lines alone, or says why not', () => {
  let count = 0;
  fc.assert(
    fc.property(policies, fc.constantFrom('x', 'X', 'y', 'y.z', 'x_1', 'other', 'true'), (text, tool) => {
      const before = parseLoaded(Buffer.from(text), 'p.yaml', GROUND).policy;
      fc.pre(before !== null);
      const { rule } = decide(compilePolicy(setOf(before), GROUND), callOf(tool));
      const found = plan(text, { tool, rule });
      if (found.kind === 'impossible') {
        expect(found.why).toMatch(/^[a-zX].*[^.]$/s);
        return;
      }
      count++;
      const now = found.bytes.toString();
      const after = parseLoaded(found.bytes, 'p.yaml', GROUND).policy;
      expect(after === null ? null : decide(compilePolicy(setOf(after), GROUND), callOf(tool))).toMatchObject(
        { verdict: 'allow' },
      );
      const [gone, come] = findMiddle(text.split(/\r?\n/), now.split(/\r?\n/));
      if (gone.length === 0) expect(come.join('\n')).toMatch(/^(?:tools:\r?\n)? *"?[a-z._1]+"?: allow\r?$/i);
      else expect([gone[0]?.replace(/require_approval|(?=rate_limit)/, writeWord)]).toEqual(come);
      expect(now.endsWith('\n')).toBe(text.endsWith('\n'));
      expect(/(?<!\r)\n/.test(now)).toBe(/(?<!\r)\n/.test(text) || !text.includes('\n'));
    }),
    { numRuns: 150 },
  );
  expect(count).toBeGreaterThan(20);
});

describe('where a category or a risk asked', () => {
  const text =
    'version: 1\ndefault: deny\ncategories:\n  write: require_approval\n  destructive: deny\nrisks:\n  high: require_approval\n';

  test.each<[string, Profile, string]>([
    ['a category', profileOf(['write', 'medium']), 'categories.write'],
    ['a risk', profileOf(['read', 'high']), 'risks.high'],
    ['a category, by the name alone', profileOf(['write', 'medium'], false), 'categories.write'],
  ])('an exact rule is planned, which is above %s', (_, profile, rule) => {
    const after = planned(text, { profile, rule });
    expect(after).toBe(`${text}tools:\n  x: allow\n`);
    const { policy } = parseLoaded(Buffer.from(after), 'p.yaml', GROUND);
    if (policy === null) throw new Error('no policy');
    const compiled = compilePolicy(setOf(policy), GROUND);
    for (const [name, category, expected] of [
      ['x', 'destructive', 'allow'],
      ['y', 'destructive', 'deny'],
      ['y', 'write', 'require_approval'],
      ['y', 'read', 'deny'],
    ] as const) {
      const query = { ...callOf(name, {}), profile: profileOf([category, 'low']) };
      expect([name, category, decide(compiled, query).verdict]).toEqual([name, category, expected]);
    }
  });

  test.each<[string, Partial<RuleWish>, string]>([
    [
      'another rule decides for it now',
      { profile: profileOf(['destructive', 'high']), rule: 'categories.write' },
      'the question came from categories.write, which a rule for the tool would not change',
    ],
    [
      'another one asks',
      { profile: profileOf(['write', 'high']), rule: 'default' },
      'the question came from default, which a rule for the tool would not change',
    ],
  ])('none is where %s', (_, wish, why) => {
    expect(planned(text, wish)).toBe(why);
  });

  test('none is where the category looks at arguments', () => {
    const conditional =
      'version: 1\ncategories:\n  write: [{ when: { args.all: true }, action: deny }, require_approval]\n';
    expect(planned(conditional, { rule: 'categories.write[1]' })).toBe(
      'a rule for the tool looks at its arguments: edit the file by hand',
    );
  });

  test('none is where a test of the policy stands against it', () => {
    const tested = `${text}tests: [{ call: x, expect: require_approval }]\n`;
    expect(planned(tested, { rule: 'categories.write' })).toContain(
      'a test of the policy stands against it: line 8:',
    );
  });

  test('none is where the rule for another spelling of a name would come to hold', () => {
    const spelt = 'version: 1\ncategories: { write: require_approval }\ntools:\n  X: deny\n';
    expect(planned(spelt, { rule: 'categories.write' })).toContain('would not change');
  });
});
