import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import { compareJson } from '../../src/approval/compare-json.ts';
import type { Question } from '../../src/approval/question.ts';
import { renderContent, renderHead } from '../../src/approval/render-card.ts';
import { renderMenu } from '../../src/approval/render-menu.ts';
import type { Screen } from '../../src/approval/row.ts';
import { show } from '../helpers/emulator.ts';

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

const changes = (now: string, before: string, isFull = false): string[] => {
  const lines = [...renderContent(question(now, before), SCREEN, isFull)];
  return lines.slice(
    0,
    lines.findIndex((line) => line.startsWith('  arguments')),
  );
};

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

describe('what changed since the last call', () => {
  test('is told by place, as it is spelled', () => {
    const before = '{"name":"a","n":1.0,"list":[1,2],"gone":{"x":null},"same":{"b":1,"a":"\\u0041"}}';
    const now = '{"same":{"a":"A","b":1},"name":"b","n":1,"list":[1,3,4],"new":[]}';
    expect(changes(now, before)).toEqual([
      '  changes      since the last call you allowed',
      '    changed    name: "a" -> "b"',
      '    changed    n: 1.0 -> 1',
      '    changed    list[1]: 2 -> 3',
      '    new        list[2]: 4',
      '    new        new: []',
      '    gone       gone.x: null',
    ]);
  });

  test('is nothing where only spacing and order differ', () => {
    expect(changes('{"a":1, "b":2}', '{"b":2,"a":1}')).toEqual([
      '  changes      the same arguments as in the last call you allowed',
    ]);
  });

  test('hides secrets and cuts what is long, unless all is shown', () => {
    const before = '{"password":"hunter2","text":"x"}';
    const now = `{"password":"hunter3","text":"${'y'.repeat(100)}"}`;
    expect(changes(now, before).slice(1)).toEqual([
      '    changed    password: [hidden] -> [hidden]',
      `    changed    text: "x" -> "${'y'.repeat(50)}`,
      `               ${'y'.repeat(10)}" [cut: 100 characters]`,
    ]);
    expect(changes(now, before, true).join('\n')).toContain('"hunter2" -> "hunter3"');
  });

  test('is told in part where there is much of it, and not at all where it would take long', () => {
    const many = (value: number): string =>
      JSON.stringify(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, value])));
    expect(changes(many(1), many(2)).at(-1)).toBe('               and 12 more, v shows all');
    expect(changes(many(1), many(2), true)).toHaveLength(21);
    expect(compareJson('{}', `{"a":"${'x'.repeat(300_000)}"}`)).toBeNull();
  });

  test('cannot draw, nor imitate a remark of ours', async () => {
    const now = JSON.stringify({
      'a\u001B[2K': '\u001B[31m\r\n  changes      none',
      'changes      none': '\u202E',
      x: '  gone       all: "allowed"',
    });
    for (const columns of [20, 40, 80, 200]) {
      const screen = { ...SCREEN, columns };
      const lines = [...renderContent(question(now, '{}'), screen, true)];
      const shown = await show(lines, columns);
      expect(shown.lines.map((line) => line.trimEnd())).toEqual(lines.map((line) => line.trimEnd()));
      expect(shown.styled).toBe('');
      expect(shown.isWrapped).toBe(false);
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
