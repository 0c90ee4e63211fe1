import { describe, expect, test } from 'vitest';
import { holdsResult, ToolPages } from '../../src/catalogue/tool-pages.ts';
import { GuardError } from '../../src/errors.ts';

const answer = (tools: readonly unknown[], nextCursor?: unknown): Buffer =>
  Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', id: 1, result: { tools, nextCursor } })}\n`);
const names = (pages: ToolPages): string[] => pages.tools.map(({ name }) => name);

test('pages come together in their order, until none is announced', () => {
  const pages = new ToolPages();
  pages.add(answer([{ name: 'a' }], 'x'));
  expect(pages.cursor).toBe('x');
  pages.add(answer([{ name: 'b' }, { name: 'c' }]));
  expect([pages.cursor, names(pages), pages.warnings]).toEqual([null, ['a', 'b', 'c'], []]);
});

test('of two tools of one name the first counts, on whichever page, and it is told', () => {
  const pages = new ToolPages();
  pages.add(answer([{ name: 'a', title: 'first' }], 'x'));
  pages.add(answer([{ name: 'a', title: 'second' }]));
  expect([pages.tools.map(({ title }) => title), pages.warnings]).toEqual([
    ['first'],
    ['the tool "a" is listed twice; the first one counts here'],
  ]);
});

test('what has no name, or several, or one that no call can have, is told', () => {
  const pages = new ToolPages();
  const odd = '{"name":"a","Name":"b"},{"name":7},4,{"name":"no\\u001btool"}';
  pages.add(Buffer.from(`{"jsonrpc":"2.0","id":1,"result":{"tools":[${odd}]}}\n`));
  expect([names(pages), pages.warnings]).toEqual([
    ['no\u001btool'],
    [
      '1 of its tools has more than one name',
      '2 of its tools have no name',
      String.raw`the tool "no\x1btool" can never be called through mcp-guard: its name is no tool name`,
    ],
  ]);
});

test.each([
  ['nothing', null],
  ['an error', '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}\n'],
  ['no list', '{"jsonrpc":"2.0","id":1,"result":{"tools":{}}}\n'],
])('%s is no list of tools', (_, line) => {
  const pages = new ToolPages();
  expect(() => pages.add(line === null ? null : Buffer.from(line))).toThrow(
    new GuardError('failed', 'the answer to tools/list holds no list of tools'),
  );
});

describe('a list without end', () => {
  test.each<[string, (page: number) => Buffer, number]>([
    ['that comes back to a page', (page) => answer([], page % 2 === 0 ? 'a' : 'b'), 3],
    ['of ever other pages', (page) => answer([], `${page}`), 201],
    [
      'of very many tools',
      (page) =>
        answer(
          Array.from({ length: 2_001 }, (_, index) => ({ name: `t${page}_${index}` })),
          `${page}`,
        ),
      5,
    ],
    [
      'of very long ones',
      (page) => answer([{ name: `t${page}`, description: 'x'.repeat(20 << 20) }], `${page}`),
      4,
    ],
  ])('%s is given up', (_, make, after) => {
    const pages = new ToolPages();
    let page = 0;
    expect(() => {
      while (page < 1_000) pages.add(make(page++));
    }).toThrow(/the list of tools has no end: /);
    expect(page).toBe(after);
  });

  test('is none where the cursor is no text', () => {
    for (const cursor of [null, 7, {}, ['x']]) {
      const pages = new ToolPages();
      pages.add(answer([], cursor));
      expect(pages.cursor).toBeNull();
    }
  });
});

test.each<[string | null, boolean]>([
  ['{"result":{}}', true],
  ['{"result":null}', true],
  ['{"error":{}}', false],
  ['[]', false],
  ['{', false],
  [null, false],
])('whether %s holds a result: %s', (line, expected) => {
  expect(holdsResult(line === null ? null : Buffer.from(line))).toBe(expected);
});
