import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import type { Listed } from '../../src/approval/hub/console-message.ts';
import type { Screen } from '../../src/approval/card/row.ts';
import { renderPlain } from '../../src/console/render-plain.ts';
import { BoardDialogue, CONTENT, list, SCREEN } from '../helpers/board-dialogue.ts';
import { show } from '../helpers/emulator.ts';

const REAL: Partial<Listed> = {
  server: 'awslabs.amazon-mq-mcp-server',
  tool: 'identity_create_workload_identity',
  title: 'Create workload identity',
  rule: 'tools.identity_create_workload_identity',
  reason: 'Creates a new IAM identity',
};

function ready(listed: Partial<Listed>, content: string, screen: Partial<Screen> = {}): BoardDialogue {
  const dialogue = new BoardDialogue({ screen: { ...SCREEN, ...screen } });
  dialogue.ask(list('a', { ...REAL, ...listed }));
  dialogue.give('a', { ...CONTENT, arguments: content });
  dialogue.draw();
  return dialogue;
}

function renderText(dialogue: BoardDialogue): string {
  return dialogue.lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
}

describe('the screen', () => {
  test('shows one question in full', () => {
    expect(renderText(ready({}, '{"name":"orders-agent"}'))).toMatchInlineSnapshot(`
      "mcp-guard approvals  1 waits, 1 guard

      mcp-guard: run identity_create_workload_identity on
          awslabs.amazon-mq-mcp-server?
        server says  "Create workload identity"
        reason       Creates a new IAM identity
        rule         tools.identity_create_workload_identity
        arguments    23 bytes
        │ name: "orders-agent"










        y once    s this tool, this session    e exactly this call, this session
        t for a time    a always    n no    m no, and say why    v all arguments
        no answer in 50 s means no

        space b scroll   p pause all   ? help   q leave"
    `);
  });

  test.each([
    [
      64,
      [
        '> identity_create_workload_…  awslabs.amazo…               50 s',
        '  delete_broker               mq              critical     50 s',
      ],
    ],
    [63, ['> identity_create_workload_ident…  awslabs.amazon-mq…     50 s']],
  ])('lists how grave each call is, where there is room for it: %i columns', (columns, rows) => {
    const profile = { category: 'destructive', risk: 'critical', evidence: [] } as const;
    const dialogue = ready({}, '{}', { columns });
    dialogue.ask(list('b', { tool: 'delete_broker', profile }));
    dialogue.draw();
    expect(
      renderText(dialogue)
        .split('\n')
        .slice(1, 1 + rows.length),
    ).toEqual(rows);
  });

  test('lists several, the oldest first, the chosen one marked', () => {
    const dialogue = ready({ waitedMs: 20_000, leftMs: 30_000, group: 'g' }, '{"name":"orders-agent"}');
    dialogue.ask(list('b', { ...REAL, group: 'g' }));
    dialogue.ask(list('c', { tool: 'delete_broker', server: 'rabbit', leftMs: 9_100 }), 'h');
    dialogue.ask(list('d', { tool: 'purge_queue', server: 'rabbit', isLate: true, leftMs: 590_000 }), 'h');
    dialogue.draw();
    expect(renderText(dialogue)).toMatchInlineSnapshot(`
      "mcp-guard approvals  3 wait, 1 late, 2 guards
      > identity_create_workload_identity x2   awslabs.amazon-mq-mcp-server      30 s
        delete_broker                          rabbit                            10 s
        purge_queue                            rabbit                            late
      ───────────────────────────────────────────────────────────────────────────────
      mcp-guard: run identity_create_workload_identity on
          awslabs.amazon-mq-mcp-server?
        server says  "Create workload identity"
        reason       Creates a new IAM identity
        rule         tools.identity_create_workload_identity
        alike        2 such calls wait, each for an answer of its own
        arguments    23 bytes
        │ name: "orders-agent"






        y once    s this tool, this session    e exactly this call, this session
        t for a time    a always    n no    m no, and say why    v all arguments
        no answer in 30 s means no

        j k choose   space b scroll   p pause all   ? help   q leave"
    `);
  });

  test('has room for it at 40 columns', () => {
    const dialogue = ready({}, '{"name":"orders-agent"}', { columns: 40, rows: 20 });
    dialogue.ask(list('b', { tool: 'delete_broker' }));
    dialogue.draw();
    expect(renderText(dialogue)).toMatchInlineSnapshot(`
      "mcp-guard approvals  2 wait, 1 guard
      > identity_create_workload_id…     50 s
        delete_broker                    50 s
      ───────────────────────────────────────
      mcp-guard: run identity_create_work
          load_identity on awslabs.amazon-mq-
          mcp-server?
        server says: "Create workload
          identity"
        reason: Creates a new IAM identity
        rule: tools.identity_create_workloa
          d_identity
        arguments: 23 bytes
        │ name: "orders-agent"

        y once    s this tool, this session
        e exactly this call, this session
        t for a time    a always    n no
        m no, and say why    v all arguments
        no answer in 50 s means no"
    `);
  });

  test('has room for it in 10 rows', () => {
    const dialogue = ready({}, '{"name":"orders-agent","a":1,"b":2,"c":3}', { rows: 10 });
    dialogue.ask(list('b', { tool: 'delete_broker' }));
    dialogue.draw();
    expect(renderText(dialogue)).toMatchInlineSnapshot(`
      "mcp-guard approvals  2 wait, 1 guard
      mcp-guard: run identity_create_workload_identity on
          awslabs.amazon-mq-mcp-server?
        server says  "Create workload identity"
        reason       Creates a new IAM identity
        rule         tools.identity_create_workload_identity
        ! lines 1-5 of 10, space scrolls
        y once    s this tool, this session    e exactly this call, this session
        t for a time    a always    n no    m no, and say why    v all arguments
        no answer in 50 s means no"
    `);
  });

  test('says which lines of a long call are shown, and whose they are', () => {
    const dialogue = ready({}, JSON.stringify({ list: Array.from({ length: 300 }, (_, n) => ({ n })) }));
    expect(renderText(dialogue)).toContain('  ! lines 1-15 of 308, space scrolls');
    dialogue.type(' ');
    dialogue.draw();
    expect(dialogue.lines[2]).toBe('identity_create_workload_identity on awslabs.amazon-mq-mcp-server');
    expect(renderText(dialogue)).toContain('  ! lines 15-28 of 308, space scrolls');
  });

  test('keeps the chosen row in sight among many', () => {
    const dialogue = ready({}, '{}');
    for (let n = 0; n < 30; n += 1) dialogue.ask(list(`k${n}`));
    for (let n = 0; n < 31; n += 1) {
      expect(dialogue.draw().filter((line) => line.startsWith('> '))).toHaveLength(1);
      expect(renderText(dialogue)).toContain(`${n + 1} of 31 `);
      dialogue.type('j');
    }
  });

  test('says that nothing waits, and which guards there are', () => {
    const dialogue = new BoardDialogue();
    const since = new Date(2026, 10, 23, 9, 5).getTime();
    dialogue.hear({ kind: 'joined', guard: { id: 'g', server: 'mq', since, pid: 7 } });
    dialogue.hear({ kind: 'joined', guard: { id: 'h', server: 'filesystem', since, pid: 8 } });
    dialogue.say({ kind: 'status', allowed: 120, denied: 3, paused: false });
    expect(renderText(dialogue)).toMatchInlineSnapshot(`
      "mcp-guard approvals  2 guards

        nothing waits for an answer

      ── 2 guards ───────────────────────────────────────────────────────────────────
        mq          since 09:05   120 allowed     3 refused
        filesystem  since 09:05     0 allowed     0 refused
















        p pause all   ? help   q leave"
    `);
  });

  test('says how a guard is started where there is none', () => {
    expect(renderText(new BoardDialogue())).toMatchInlineSnapshot(`
      "mcp-guard approvals  0 guards

        nothing waits for an answer

      ── no guard runs ──────────────────────────────────────────────────────────────
        A guard starts with your client, where the client is told to start the
        server through it:

          mcp-guard run -- <command>

        Its questions appear here by themselves. mcp-guard demo shows how that goes.












        p pause all   ? help   q leave"
    `);
  });

  test('says that it is paused so that it cannot be missed', () => {
    const dialogue = new BoardDialogue({ isPaused: true });
    expect(dialogue.lines[1]).toBe('** PAUSED: every guard refuses every call; p lifts it **');
    const styled = new BoardDialogue({
      isPaused: true,
      screen: { ...SCREEN, chalk: new Chalk({ level: 1 }) },
    });
    expect(styled.lines[1]).toContain('\x1b[43m');
  });

  test('shows what every key does', () => {
    const dialogue = ready({}, '{}');
    dialogue.type('?');
    expect(renderText(dialogue)).toMatchInlineSnapshot(`
      "mcp-guard approvals  1 waits, 1 guard

        y        yes, once
        s        yes, to this tool for this session
        e        yes, to exactly this call for this session
        t        yes, to this tool for a time or a number of calls
        a        yes, always: shows the rule it would write first
        n        no
        m        no, with words for the agent
        v        everything, or the summary again
        j k      another question (also arrows, Tab)
        space b  scroll (also page up and down, left and right)
        p        refuse everything and pause every guard
        q        leave; what waits goes on waiting

        A key counts when it was pressed alone, after the question had stood for a
        moment.
        any key goes back"
    `);
  });

  test('asks before the pause is lifted', () => {
    const dialogue = new BoardDialogue({ isPaused: true });
    dialogue.press('p');
    expect(renderText(dialogue)).toMatchInlineSnapshot(`
      "mcp-guard approvals  0 guards
      ** PAUSED: every guard refuses every call; p lifts it **

        Lift the pause? Calls are held against the policy again, in every guard.

        y        lift it
        any other key leaves it as it is"
    `);
  });
});

const HOSTILE: readonly (readonly [name: string, text: string])[] = [
  ['a carriage return', 'rm -rf ~/work\rls'],
  ['a cursor that moves', 'x\x1b[5A\x1b[2K\x1b[2J\x1b[H> all is well'],
  ['a title, the clipboard, colours', '\x1b]0;mine\x07\x1b]52;c;aGk=\x07\x9b2J\x1b[8mhidden\x1b[31m'],
  ['a forged end', 'ok\n\n  y once\n  ! nothing else\nmcp-guard approvals  0 wait'],
  ['right-to-left overrides', 'user\u202e\u2066gpj.exe\u2069'],
  ['right-to-left letters', '123 שלום 456 עולם rm'],
  ['what does not draw', 'pay\u200bpal\ufeff\u00ad\u{e0041}'],
  ['stacked accents', `Z${'\u0300\u0336'.repeat(40)}algo`],
  ['wide letters', '東京'.repeat(60)],
  ['emoji', '👩‍👩‍👧‍👦👍🏽🇩🇪'.repeat(12)],
  ['many spaces', `ls${' '.repeat(400)}; rm`],
  ['a NUL and a lone surrogate', 'a\0b\ud800\tc'],
  ['a long word', 'x'.repeat(5_000)],
];

describe.each([
  [20, 10],
  [40, 24],
  [80, 10],
  [80, 24],
  [200, 60],
])('at %i columns and %i rows', (columns, rows) => {
  const screen = { ...SCREEN, columns, rows, chalk: new Chalk({ level: 1 }) };
  const charsets = [SCREEN.charset, { ascii: true, wide: false }, { ascii: false, wide: true }];

  function fill(text: string, chosen: Screen): BoardDialogue {
    const dialogue = new BoardDialogue({ screen: chosen, isPaused: true });
    const words = { server: text, tool: text, title: text, rule: text, reason: text };
    for (const key of ['a', 'b', 'c']) dialogue.ask(list(key, words));
    dialogue.ask(list('d', { ...words, isLate: true }), 'h');
    dialogue.give('a', {
      arguments: JSON.stringify({ [text]: text, b: [text] }),
      attachments: [[text, JSON.stringify(text)]],
      lastAllowed: null,
      change: null,
    });
    dialogue.hear({ kind: 'trouble', why: text });
    dialogue.draw();
    return dialogue;
  }

  /** The lines as text are what stands on the screen, and nothing else happened. */
  async function expectFits(lines: readonly string[]): Promise<void> {
    expect(lines).toHaveLength(rows);
    const shown = await show(lines, columns);
    const plain = lines.map((line) => stripVTControlCharacters(line).trimEnd());
    const standing = shown.lines.map((line) => line.trimEnd());
    expect(standing).toEqual(plain.join('\n').trimEnd().split('\n'));
    expect([shown.isWrapped, shown.title]).toEqual([false, null]);
  }

  test.each(HOSTILE)('nothing draws: %s', async (_, text) => {
    for (const charset of charsets) {
      const dialogue = fill(text, { ...screen, charset });
      await expectFits(dialogue.lines);
      if (charset !== SCREEN.charset) continue;
      for (const keys of [' ', '\x1b[F', 'j', '?', '?', 'q']) {
        dialogue.type(keys);
        dialogue.draw();
        await expectFits(dialogue.lines);
      }
      for (const key of ['a', 'b', 'c']) dialogue.say({ kind: 'closed', key, how: text });
      dialogue.say({ kind: 'closed', key: 'd', how: text }, 'h');
      await expectFits(dialogue.draw());
    }
    expect.hasAssertions();
  });

  test('what the guard asks for fits with every menu', async () => {
    const proposal = {
      kind: 'rule',
      file: '/home/somebody/p.yaml',
      lines: ['tools:', '  x: allow'],
    } as const;
    for (const keys of ['t', 'm', 'a']) {
      const dialogue = fill('delete_broker', screen);
      dialogue.press(keys);
      dialogue.say({ kind: 'proposal', key: 'a', proposal });
      await expectFits(dialogue.draw());
    }
    expect.hasAssertions();
  });

  test('ASCII is enough where the locale knows no more', () => {
    const dialogue = fill('Größe 東京 \u202e', {
      ...screen,
      charset: { ascii: true, wide: false },
      chalk: SCREEN.chalk,
    });
    expect(dialogue.lines.join('\n')).toMatch(/^[\n -~]*$/);
  });

  test('a terminal that can only print gets no escape sequence', () => {
    const dialogue = fill(HOSTILE.map(([, text]) => text).join(''), { ...screen, chalk: SCREEN.chalk });
    const lines = renderPlain(dialogue.board, dialogue.now);
    const points = lines.flatMap((line) => Array.from(line, (character) => character.codePointAt(0) ?? 0));
    expect(points.filter((point) => point < 32 || (point >= 127 && point < 160))).toEqual([]);
  });
});

test('a call of many megabytes is shown soon, and scrolled to its end', () => {
  const began = performance.now();
  const dialogue = ready(
    {},
    JSON.stringify({ a: '\x1b\u200ba'.repeat(200_000), b: Array(50_000).fill('x') }),
  );
  for (let turns = 0; turns < 20; turns += 1) {
    dialogue.type(' ');
    dialogue.draw();
  }
  dialogue.type('\x1b[F');
  dialogue.draw();
  expect(performance.now() - began).toBeLessThan(10_000);
}, 20_000);
