import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import type { Question } from '../../../src/approval/question.ts';
import { renderContent, renderHead } from '../../../src/approval/card/render-card.ts';
import { findChanges, renderChanges } from '../../../src/approval/card/render-change.ts';
import { renderMenu } from '../../../src/approval/card/render-menu.ts';
import type { Screen } from '../../../src/approval/card/row.ts';
import { show } from '../../helpers/emulator.ts';

const SCREEN: Screen = {
  columns: 80,
  rows: 24,
  charset: { ascii: false, wide: false },
  chalk: new Chalk({ level: 0 }),
};

function question(now: string, before: string | null, rest: Partial<Question> = {}): Question {
  return {
    key: 'k',
    server: 'mq',
    tool: 'create_broker',
    title: null,
    profile: null,
    change: null,
    rule: 'default',
    reason: null,
    arguments: Buffer.from(now),
    attachments: new Map(),
    timeoutMs: 50_000,
    group: 'g',
    history: { asked: 3, allowed: 2, refused: 1, lastAllowed: before === null ? null : Buffer.from(before) },
    allowsAlways: true,
    ...rest,
  };
}

/** The line above the arguments, and the lines below them that tell what changed. */
function renderSince(
  now: string,
  before: string,
  { isFull = false, screen = SCREEN } = {},
): readonly [about: string | undefined, changes: string[]] {
  const lines = [...renderContent(question(now, before), screen, isFull)];
  const from = lines.findIndex((line) => line.startsWith('  changes'));
  return [lines[0], from === -1 ? [] : lines.slice(from)];
}

describe('the head of a card', () => {
  test('tells what happened before, and how many such calls wait', () => {
    expect(renderHead(question('{}', null), SCREEN, 3)).toEqual([
      'mcp-guard: run create_broker on mq?',
      '  rule         default',
      '  before       asked 3 times this session: 2 allowed, 1 refused',
      '  alike        3 such calls wait, each for an answer of its own',
    ]);
  });
});

describe('what changed since the last allowed call', () => {
  test('is told by place, as it is spelled, below the arguments', () => {
    const before = '{"name":"a","n":1.0,"list":[1,2],"gone":{"x":null},"same":{"b":1,"a":"\\u0041"}}';
    const now = '{"same":{"a":"A","b":1},"name":"b","n":1,"list":[1,3,4],"new":[]}';
    expect([...renderContent(question(now, before), SCREEN, false)]).toEqual([
      '  arguments    65 bytes, 6 changes since last time',
      '  │ same: {a: "A", b: 1}',
      '  │ name: "b"',
      '  │ n: 1',
      '  │ list: [1, 3, 4]',
      '  │ new: []',
      '  changes      since the last allowed call',
      '  │ changed  name: "a" -> "b"',
      '  │ changed  n: 1.0 -> 1',
      '  │ changed  list[1]: 2 -> 3',
      '  │ new      list[2]: 4',
      '  │ new      new: []',
      '  │ gone     gone.x: null',
    ]);
  });

  test.each([
    ['only spacing and order differ', '{"a":1, "b":[ ]}', '{"b":[],"a":1}'],
    ['they are as long as a call can be', JSON.stringify({ a: 'x'.repeat(16 << 20) }), null],
  ])('is nothing where %s', (_, now, before) => {
    const size = now.length.toLocaleString('en-US');
    const about = `  arguments    ${size} bytes, the same arguments as last time`;
    expect(renderSince(now, before ?? now)).toEqual([about, []]);
  });

  test('counts from nothing where the call has no arguments now', () => {
    const lines = [...renderContent(question('{}', '{"a":1}', { arguments: null }), SCREEN, false)];
    expect(lines).toEqual([
      '  arguments    none, 1 change since last time',
      '  changes      since the last allowed call',
      '  │ gone     a: 1',
    ]);
  });

  test.each([
    ['a value that became an object', '{"a":1}', '{"a":{"b":2}}', ['gone     a: 1', 'new      a.b: 2']],
    ['an object that became a list', '{"a":{"b":1}}', '{"a":[2]}', ['new      a[0]: 2', 'gone     a.b: 1']],
    ['a list that became empty', '{"a":[1]}', '{"a":[]}', ['gone     a[0]: 1']],
    ['an empty list that became an empty object', '{"a":[]}', '{"a":{}}', ['changed  a: [] -> {}']],
    [
      'keys that look like a path',
      '{"a":{"b":1}}',
      '{"a.b":1,"a":{"b":2,"[0]":3,"":4,"x y":5}}',
      [
        'new      "a.b": 1',
        'changed  a.b: 1 -> 2',
        'new      a."[0]": 3',
        'new      a."": 4',
        'new      a."x y": 5',
      ],
    ],
    ['the key of the prototype', '{}', '{"__proto__":{"x":1}}', ['new      __proto__.x: 1']],
  ])('tells %s', (_, before, now, lines) => {
    expect(renderSince(now, before)[1].slice(1)).toEqual(lines.map((line) => `  │ ${line}`));
  });

  test('hides what stands beside the name of a secret, and does not cut a secret out of its text', () => {
    const make = (secret: string): string =>
      JSON.stringify({
        env: [{ name: 'DB_PASSWORD', value: secret }],
        argv: ['--token', secret],
        text: `a text that is long enough to begin alike: password=${secret}`,
      });
    const shown = renderSince(make('hunter3'), make('hunter2'))[1].slice(1).join('\n');
    expect(shown).not.toContain('hunter');
    expect(shown).toContain('env[0].value');
  });

  test('hides secrets and whatever stands below them, yet shows that they are others', () => {
    const before = '{"password":"hunter2","credentials":{"user":"me"},"url":"https://a:bcd@x"}';
    const now = '{"password":"hunter3","credentials":{"user":"you"},"url":"https://a:bce@x"}';
    expect(renderSince(now, before)[1].slice(1).join('\n')).toMatchInlineSnapshot(`
      "  │ changed  password: [hidden: 7 characters, v shows it] -> [hidden: 7 
        » characters, v shows it]
        │ changed  credentials: [hidden: 13 characters, v shows it] -> [hidden: 14 
        » characters, v shows it]
        │ changed  url: [hidden: 15 characters, v shows it] -> [hidden: 15 
        » characters, v shows it]"
    `);
    expect(renderSince(now, before)[1].join('\n')).not.toMatch(/hunter|user|bc[de]/);
    expect(renderSince(now, before, { isFull: true })[1].join('\n')).toContain(
      'credentials.user: "me" -> "you"',
    );
    const spaced = '{"credentials":{"a":1,"b":2}}';
    expect(renderSince('{"credentials":{ "b":2, "a":1 }}', spaced)[1]).toEqual([]);
  });

  test('shows of two long texts where they begin to differ', () => {
    const [before, now] = ['{"text":"', '{"text":"'].map(
      (text, n) => `${text}${'y'.repeat(60)}${n}${'y'.repeat(60)}"}`,
    );
    expect(
      renderSince(now ?? '', before ?? '')[1]
        .slice(1)
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "  │ changed  text from character 51 on: "yyyyyyyyyy0yyyyyyyyyyyyyyyyyyyyyyyyyyy
        » yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy" -> "yyyyyyyyyy1yyyyyyyyyyyyyyyyyyyyyyyyy
        » yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy""
    `);
    expect(renderSince(now ?? '', before ?? '', { isFull: true })[1].join('\n')).not.toContain('[cut');
  });

  test('takes twelve lines of the summary, and says how much is left out', () => {
    const many = (value: number): string =>
      JSON.stringify(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, value])));
    const [about, changes] = renderSince(many(1), many(2));
    expect(about).toContain('20 changes');
    expect(changes).toHaveLength(14);
    expect(changes.at(-1)).toBe('  ! and 8 more, v shows all');
    expect(renderSince(many(1), many(2), { isFull: true })[1]).toHaveLength(21);
  });

  test('is not looked for where it would take long, and that is said', () => {
    const now = `{"a":"${'x'.repeat(300_000)}"}`;
    expect(renderSince(now, '{}')[0]).toContain('too long to compare with last time');
  });

  test('is found soon, however deep it is and however long the keys', () => {
    const began = performance.now();
    const wide = JSON.stringify({ ['k'.repeat(90_000)]: Array(60_000).fill(1) });
    const deep = `${'{"a":'.repeat(99)}[${'1,'.repeat(100_000)}1]${'}'.repeat(99)}`;
    for (const now of [wide, deep]) {
      for (const isFull of [false, true]) {
        const lines = [...renderChanges(findChanges('{}', now, isFull), SCREEN, isFull)];
        expect(lines.at(-1)).toMatch(/^ {2}! and [\d,]+ more/);
      }
    }
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('cannot draw, nor stand where our words do', async () => {
    const texts = [
      '\u001B[31m\r\n  changes      none',
      '  │ gone     all: "allowed" '.repeat(9),
      '\u202Eשלום',
      '東京'.repeat(50),
    ];
    const now = JSON.stringify(Object.fromEntries(texts.map((text) => [text, text])));
    for (const columns of [20, 40, 80, 200]) {
      const [, lines] = renderSince(now, '{"x":1}', { isFull: true, screen: { ...SCREEN, columns } });
      const shown = await show(lines, columns);
      expect(shown.lines.map((line) => line.trimEnd())).toEqual(lines.map((line) => line.trimEnd()));
      expect(shown.styled).toBe('');
      expect(shown.isWrapped).toBe(false);
      const rows = lines.slice(lines.findIndex((line) => line.startsWith('  │')));
      // Each of our words begins a row; every other line is marked as more of the row above it.
      expect(rows.filter((line) => !line.startsWith('  »')).map((line) => line.slice(4, 8).trim())).toEqual([
        'new',
        'new',
        'new',
        'new',
        'gone',
      ]);
    }
  });
});

describe('the keys', () => {
  const rule = {
    kind: 'always',
    proposal: { kind: 'rule', file: '/home/me/policy.yaml', lines: ['tools:', '  create_broker: allow'] },
  } as const;

  test.each([
    ['keys', { kind: 'keys' } as const],
    ['lasts', { kind: 'lasts' } as const],
    ['message', { kind: 'message', text: 'not \u001B[2Jnow' } as const],
    ['always', rule],
    [
      'nothing to write',
      { kind: 'always', proposal: { kind: 'impossible', why: 'the file changed' } } as const,
    ],
  ])('%s stand whole at every width', (_, menu) => {
    for (const columns of [20, 40, 80, 200]) {
      const lines = renderMenu(menu, { ...SCREEN, columns }, { allowsAlways: true }, 1);
      for (const line of lines) expect(line.length).toBeLessThan(columns);
      if (columns === 80) expect(lines).toMatchSnapshot();
    }
  });
});
