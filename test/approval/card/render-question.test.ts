import { Chalk } from 'chalk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Question } from '../../../src/approval/question.ts';
import { renderQuestion, type View } from '../../../src/approval/card/render-question.ts';
import type { Screen } from '../../../src/approval/card/row.ts';
import { show } from '../../helpers/emulator.ts';

const QUESTION: Question = {
  key: 'k',
  server: 'amazon-mq',
  tool: 'identity_create_workload_identity',
  title: 'Create workload identity',
  profile: null,
  change: null,
  rule: 'tools.identity_create_workload_identity',
  reason: 'Creates a new IAM identity',
  arguments: Buffer.from(
    '{"name":"orders-agent","allowedResourceOauth2ReturnUrls":["https://orders.example/done"]}',
  ),
  attachments: new Map(),
  timeoutMs: 50_000,
  group: 'g',
  history: { asked: 0, allowed: 0, refused: 0, lastAllowed: null },
  allowsAlways: false,
};
const SCREEN: Screen = {
  columns: 80,
  rows: 24,
  charset: { ascii: false, wide: false },
  chalk: new Chalk({ level: 0 }),
};
const VIEW: View = { page: 0, leftMs: 45_000, waiting: 0, alike: 1, menu: { kind: 'keys' }, lock: 'none' };

function render(
  question: Partial<Question>,
  screen: Partial<Screen> = {},
  view: Partial<View> = {},
): string | null {
  const drawing = renderQuestion(
    { ...QUESTION, ...question },
    { ...SCREEN, ...screen },
    { ...VIEW, ...view },
  );
  return drawing === null ? null : drawing.lines.join('\n');
}

/** The lines of the arguments alone. */
function renderArguments(json: string, screen: Partial<Screen> = {}, page = 0): string[] {
  const text =
    render({ arguments: Buffer.from(json), title: null, reason: null }, { rows: 200, ...screen }, { page }) ??
    '';
  return text
    .split('\n')
    .filter((line) => /^ {2}[│»!|>] /.test(line))
    .map((line) => line.slice(2));
}

describe('the question', () => {
  test('says what will run, on what, why it is asked, with which arguments, and the keys', () => {
    expect(render({})).toMatchInlineSnapshot(`
      "mcp-guard: run identity_create_workload_identity on amazon-mq?

        server says  "Create workload identity"
        reason       Creates a new IAM identity
        rule         tools.identity_create_workload_identity
        arguments    89 bytes
        │ name: "orders-agent"
        │ allowedResourceOauth2ReturnUrls: ["https://orders.example/done"]

        y once    s this tool, this session    e exactly this call, this session
        t for a time    n no    m no, and say why    v all arguments
        no answer in 45 s means no"
    `);
  });

  test('is whole on a narrow screen', () => {
    expect(render({}, { columns: 40 })).toMatchInlineSnapshot(`
      "mcp-guard: run identity_create_work
          load_identity on amazon-mq?

        server says: "Create workload 
          identity"
        reason: Creates a new IAM identity
        rule: tools.identity_create_workloa
          d_identity
        arguments: 89 bytes
        │ name: "orders-agent"
        │ allowedResourceOauth2ReturnUrls: [
        » "https://orders.example/done"]

        y once    s this tool, this session
        e exactly this call, this session
        t for a time    n no
        m no, and say why    v all arguments
        no answer in 45 s means no"
    `);
  });

  test('is whole on a screen of 20 columns', () => {
    expect(render({ arguments: null }, { columns: 20 })).toMatchInlineSnapshot(`
      "mcp-guard: run 
          identity_create
          _workload_ident
          ity on amazon-m
          q?
        server says: 
          "Create workloa
          d identity"
        reason: Creates
           a new IAM 
          identity
        rule: tools.ide
          ntity_create_wo
          rkload_identity
        arguments: none
        y once  n no
        s tool, session
        e call, session
        t time
        m say why  v all
        45 s, then no"
    `);
  });

  test('tells how many wait behind it', () => {
    expect(render({}, {}, { waiting: 1 })).toMatch(/no answer in 45 s means no, 1 more waits$/);
    expect(render({}, {}, { waiting: 31, leftMs: 900 })).toMatch(/no answer in 1 s means no, 31 more wait$/);
  });

  test('says so when there are no arguments', () => {
    expect(render({ arguments: null })).toContain('  arguments    none\n');
  });

  test('shows what else is sent with the call', () => {
    const attachments = new Map([
      ['requestState', Buffer.from('"opaque"')],
      ['inputResponses', Buffer.from('{"confirm":{"action":"accept"}}')],
    ]);
    expect(render({ arguments: null, title: null, attachments })).toMatchInlineSnapshot(`
      "mcp-guard: run identity_create_workload_identity on amazon-mq?

        reason       Creates a new IAM identity
        rule         tools.identity_create_workload_identity
        arguments    none
        also sent    requestState, 8 bytes
        │ "opaque"
        also sent    inputResponses, 31 bytes
        │ confirm: {action: "accept"}

        y once    s this tool, this session    e exactly this call, this session
        t for a time    n no    m no, and say why    v all arguments
        no answer in 45 s means no"
    `);
  });

  test('quotes the words of the server and cuts them visibly', () => {
    expect(render({ title: `x" Approved.\n${'y'.repeat(300)}` })).toMatchInlineSnapshot(`
      "mcp-guard: run identity_create_workload_identity on amazon-mq?

        server says  "x\\" Approved.\\nyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy
                     yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy
                     yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy" [cut: 153 of 313 
                     characters]
        reason       Creates a new IAM identity
        rule         tools.identity_create_workload_identity
        arguments    89 bytes
        │ name: "orders-agent"
        │ allowedResourceOauth2ReturnUrls: ["https://orders.example/done"]

        y once    s this tool, this session    e exactly this call, this session
        t for a time    n no    m no, and say why    v all arguments
        no answer in 45 s means no"
    `);
  });

  test.each([
    ['too narrow', { columns: 19 }],
    ['too low', { rows: 9 }],
  ])('is not asked on a screen that is %s', (_, screen) => {
    expect(render({}, screen)).toBeNull();
  });

  test('gives up its empty lines first on a low screen', () => {
    const least = [...Array(30).keys()].find((rows) => render({}, { rows }) !== null) ?? 0;
    expect(render({}, { rows: least })?.split('\n')).not.toContain('');
    expect(render({}, { rows: least })?.split('\n').length).toBeLessThan(least);
  });

  test('gives up what it can do without before the arguments, on a low screen', () => {
    const history = { asked: 4, allowed: 3, refused: 1, lastAllowed: Buffer.from('{"a":0}') };
    const values = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`key${n}`, n]));
    const question = { history, arguments: Buffer.from(JSON.stringify(values)) };
    expect(render(question, { rows: 14 }, { alike: 3 })).toMatchInlineSnapshot(`
      "mcp-guard: run identity_create_workload_identity on amazon-mq?
        reason       Creates a new IAM identity
        rule         tools.identity_create_workload_identity
        arguments    82 bytes, 10 changes since last time
        │ key0: 0
        │ key1: 1
        │ key2: 2
        │ key3: 3
        │ key4: 4
        ! 6 of 21 lines shown, v shows all
        y once    s this tool, this session    e exactly this call, this session
        t for a time    n no    m no, and say why    v all arguments
        no answer in 45 s means no"
    `);
  });

  test('has room for every menu where it has room for the keys, but for a rule that is too long', () => {
    const menus: View['menu'][] = [
      { kind: 'lasts' },
      { kind: 'message', text: 'word '.repeat(100) },
      { kind: 'always', proposal: null },
    ];
    for (let columns = 20; columns <= 90; columns += 1) {
      for (let rows = 1; rows <= 40; rows += 1) {
        if (render({ title: null, reason: null }, { columns, rows }) === null) continue;
        for (const menu of menus) {
          const lines = render({ title: null, reason: null }, { columns, rows }, { menu })?.split('\n');
          expect([columns, rows, menu.kind, (lines?.length ?? Infinity) < rows]).toEqual([
            columns,
            rows,
            menu.kind,
            true,
          ]);
        }
      }
    }
    const lines = Array.from({ length: 30 }, (_, n) => `  tool_${n}: allow`);
    const menu = { kind: 'always', proposal: { kind: 'rule', file: '/p.yaml', lines } } as const;
    expect(render({}, {}, { menu })).toBeNull();
  });

  test('is refused when the bytes are not JSON', () => {
    expect(() => render({ arguments: Buffer.from('{"a":') })).toThrow(
      'the arguments cannot be read at character 5',
    );
    expect(() => render({ arguments: Buffer.from([0x22, 0xff, 0x22]) })).toThrow();
  });
});

describe('arguments', () => {
  test.each<[string, string, string[]]>([
    [
      'stand in the order of the wire',
      '{"b":1,"a":2,"10":3,"__proto__":4}',
      ['│ b: 1', '│ a: 2', '│ "10": 3', '│ __proto__: 4'],
    ],
    [
      'keep the spelling of numbers',
      '{"a":1.0,"b":-0,"c":1E400,"d":12345678901234567890}',
      ['│ a: 1.0', '│ b: -0', '│ c: 1E400', '│ d: 12345678901234567890'],
    ],
    [
      'keep words and empty things',
      '{"a":null,"b":true,"c":[],"d":{},"e":""}',
      ['│ a: null', '│ b: true', '│ c: []', '│ d: {}', '│ e: ""'],
    ],
    [
      'stand on one line where they are short',
      ' { "a" : [ 1 , { "x y" : "z" } ] } ',
      ['│ a: [1, {"x y": "z"}]'],
    ],
    ['decode what JSON escapes', String.raw`{"\u0061":"\u00e9\"\\\/"}`, [String.raw`│ a: "é\"\\/"`]],
    [
      'begin a new line where the text does',
      String.raw`{"a":"one\ntwo\n"}`,
      [String.raw`│ a: "one\n`, String.raw`» two\n`, '» "'],
    ],
    [
      'hide secrets by key',
      '{"password":"hunter2","env":{"API_KEY":"abc","HOME":"/"},"token":null}',
      [
        '│ password: [hidden: 7 characters, v shows it]',
        '│ env: {API_KEY: [hidden: 3 characters, v shows it], HOME: "/"}',
        '│ token: null',
      ],
    ],
    [
      'hide secrets by value',
      '{"header":"ghp_aaaaaaaaaaaaaaaaaaaa"}',
      ['│ header: [hidden: 24 characters, v shows it]'],
    ],
    [
      'hide secrets by what stands beside them',
      JSON.stringify({
        env: [{ name: 'DB_PASSWORD', value: 'abc' }],
        late: { value: 'abc', name: 'token' },
        argv: ['x', '--password', 'abc', '--all'],
        rows: [['Authorization', 'abc']],
      }),
      [
        '│ env: [{name: "DB_PASSWORD", value: [hidden: 3 characters, v shows it]}]',
        '│ late: {value: [hidden: 3 characters, v shows it], name: "token"}',
        '│ argv: ["x", "--password", [hidden: 3 characters, v shows it], "--all"]',
        '│ rows: [["Authorization", [hidden: 3 characters, v shows it]]]',
      ],
    ],
    [
      'hide secrets in JSON and settings inside a string',
      JSON.stringify({ a: '{"password":"abc"}', b: 'X=1\nTOKEN=abc' }),
      ['│ a: [hidden: 18 characters, v shows it]', '│ b: [hidden: 13 characters, v shows it]'],
    ],
    [
      'hide everything below a secret key',
      `{"credentials":{"user":"me","list":[${'1,'.repeat(60)}1]}}`,
      ['│ credentials: [hidden: 144 characters, v shows it]'],
    ],
    [
      'cannot pretend to be hidden',
      '{"a":"[hidden: 3 characters]","[hidden":1}',
      ['│ a: "[hidden: 3 characters]"', '│ "[hidden": 1'],
    ],
    [
      'mark look-alike letters',
      '{"url":"https://ex\u0430mple.com"}',
      ['│ url: "https://exаmple.com"', '! mixes Latin and Cyrillic letters in one word'],
    ],
    [
      'mark what does not draw',
      '{"a":"pay\u200bpal"}',
      [String.raw`│ a: "pay\u{200b}pal"`, '! 1 character that does not draw, shown as escapes'],
    ],
    [
      'mark right-to-left letters',
      '{"a":"שלום"}',
      ['│ a: "\u2068שלום\u2069"', '! right-to-left letters: their order on the screen may differ'],
    ],
  ])('%s', (_, json, lines) => {
    expect(renderArguments(json)).toEqual(lines);
  });

  test('that are long are cut visibly, with both ends, length and hash', () => {
    const long = `${'a'.repeat(10_000)}; rm -rf ~`;
    expect(renderArguments(JSON.stringify({ long }))).toMatchInlineSnapshot(`
      [
        "│ long: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "» aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "» aaaaaaaaaaaaaaaaa" [cut: 9,790 of 10,010 characters, sha256 3b429fef, v ",
        "» shows all] "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; rm -rf ~"",
      ]
    `);
  });

  test('stand in the open, uncut and unmasked, after v', () => {
    const value = { password: 'hunter2', long: `${'a'.repeat(400)}; rm -rf ~` };
    expect(renderArguments(JSON.stringify(value), {}, 1).join('\n')).toMatchInlineSnapshot(`
      "│ password: "hunter2"
      │ long: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      » aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      » aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      » aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      » aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      » aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; rm -rf ~"
      ! lines 1-8 of 8"
    `);
  });

  test('deep inside are indented, but never off the screen', () => {
    const lines = renderArguments(`${'{"a":'.repeat(90)}"${'x'.repeat(60)}"${'}'.repeat(90)}`, {
      columns: 40,
      rows: 400,
    });
    expect(lines.every((line) => line.length <= 37)).toBe(true);
    expect(lines.filter((line) => line.endsWith('a: {'))).toHaveLength(89);
  });

  test('that do not fit are paged, and every line is on exactly one page', () => {
    const json = JSON.stringify(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`key${n}`, n])));
    const seen: string[] = [];
    let page = 1;
    for (let turns = 0; page !== 0 && turns < 20; turns += 1) {
      const drawing = renderQuestion({ ...QUESTION, arguments: Buffer.from(json) }, SCREEN, {
        ...VIEW,
        page,
      });
      seen.push(...(drawing?.lines ?? []).filter((line) => /│ key|! lines/.test(line)));
      page = drawing?.nextPage ?? 0;
    }
    expect(seen.filter((line) => line.includes('!'))).toEqual([
      '  ! lines 1-13 of 51',
      '  ! lines 14-26 of 51',
      '  ! lines 27-39 of 51',
      '  ! lines 40-51 of 51',
    ]);
    expect(seen.filter((line) => line.includes('│'))).toEqual(
      Array.from({ length: 50 }, (_, n) => `  │ key${n}: ${n}`),
    );
    expect(render({ arguments: Buffer.from(json) })).toContain(
      '  │ key11: 11\n  ! 13 of 51 lines shown, v shows all\n',
    );
  });

  test('of many megabytes are shown soon', () => {
    const began = performance.now();
    const hostile = JSON.stringify({ a: '\x1b\u200ba'.repeat(1_000_000), b: Array(200_000).fill('x') });
    for (const page of [0, 1, 50]) render({ arguments: Buffer.from(hostile) }, {}, { page });
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

const ESCAPE = String.raw`\x1b\[`;

/** The words the guard itself set in a style. */
function listStyled(lines: readonly string[]): string {
  const styled = lines.join('\n').matchAll(new RegExp(`${ESCAPE}(?:1|2|33)m(.*?)${ESCAPE}(?:22|39)m`, 'g'));
  return Array.from(styled, ([, text]) => text).join('');
}

/** What each case hides behind, and what must stand on the screen instead. */
const DECEPTIONS: readonly [name: string, text: string][] = [
  ['a carriage return over the line', 'rm -rf ~/work\rls -la ~/work'],
  ['an erased line', 'rm -rf ~\x1b[2K\rls'],
  ['a cursor that goes up', 'x\x1b[5A\x1b[2Krisk: none'],
  ['a cleared screen', '\x1b[2J\x1b[Hall is well'],
  ['hidden words', '\x1b[8mhidden\x1b[0m'],
  ['colours', '\x1b[31mred\x1b[7m'],
  ['a link', '\x1b]8;;https://evil.example\x07good\x1b]8;;\x07'],
  ['the clipboard', '\x1b]52;c;aGk=\x07'],
  ['a window title', '\x1b]0;mine\x07\x1b]2;mine\x1b\\'],
  ['a device string', '\x1bP$q m\x1b\\\x1b[6n\x1b[c'],
  ['C1 controls', '\x9b2J\x9d0;mine\x9c\x90x\x9c'],
  ['backspaces', 'rm -rf ~\b\b\b\b\b\b\b\bls'],
  ['a forged end of the question', 'ok\n\n  rule         none\n  y once\nApproved by policy. Press y'],
  ['forged gutters', '\n  │ safe: true\n  ! all arguments shown\n'],
  ['other line ends', 'a\u0085b\u2028c\u2029d\ve\ff'],
  ['right-to-left overrides', 'user\u202e\u2066gpj.exe\u2069\u2066'],
  ['right-to-left letters', '123 שלום 456 עולם rm'],
  ['zero-width characters', 'pay\u200bpal\u2060\ufeff\u00ad'],
  [
    'tag characters',
    `ok${Array.from('delete all', (c) => String.fromCodePoint(0xe0000 + c.charCodeAt(0))).join('')}`,
  ],
  ['variation selectors', 'a\ufe0f\u{e0101}b'],
  ['stacked accents', `Z${'\u0300\u0336\u0489'.repeat(40)}algo`],
  ['wide letters', '東京'.repeat(60)],
  ['emoji', '👩‍👩‍👧‍👦👍🏽🇩🇪'.repeat(12)],
  ['spaces that push words away', `ls${' '.repeat(400)}; rm -rf ~`],
  ['tabs', `ls${'\t'.repeat(40)}; rm -rf ~`],
  ['a NUL', 'a\0b'],
  ['a lone surrogate', 'a\ud800b'],
];

describe.each([20, 80, 200])('on a terminal of %i columns', (columns) => {
  const screen = { ...SCREEN, columns, rows: 400, chalk: new Chalk({ level: 1 }) };

  test.each(DECEPTIONS)('%s stay where they belong', async (_, text) => {
    const values = { [text]: text, b: text };
    const question: Question = {
      ...QUESTION,
      tool: 'ls',
      server: text,
      title: text,
      reason: text,
      arguments: Buffer.from(JSON.stringify(values)),
    };
    const drawing = renderQuestion(question, screen, VIEW);
    const plain = renderQuestion(question, { ...screen, chalk: new Chalk({ level: 0 }) }, VIEW);
    const shown = await show(drawing?.lines ?? [], columns);
    // The model: the lines themselves, as text, are what stands on the screen.
    expect(shown.lines).toEqual(plain?.lines);
    expect(shown.isWrapped).toBe(false);
    expect(shown.title).toBeNull();
    expect(shown.styled).toBe(listStyled(drawing?.lines ?? []));
    const from = shown.lines.findIndex((line) => line.startsWith('  │'));
    const to = shown.lines.findIndex((line, index) => index > from && line === '');
    expect(shown.lines.slice(from, to).filter((line) => !/^ {2}[│»!] ?/.test(line))).toEqual([]);
  });

  test('every text stays right of the gutter and within the screen', async () => {
    const texts = fc.string({ unit: 'binary', maxLength: 60 });
    const odd = fc
      .array(fc.constantFrom(...DECEPTIONS.map(([, text]) => text)), { maxLength: 3 })
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.oneof(texts, odd), fc.oneof(texts, odd), { maxKeys: 3 }),
        async (values) => {
          const question = {
            ...QUESTION,
            title: null,
            reason: null,
            arguments: Buffer.from(JSON.stringify(values)),
          };
          const drawing = renderQuestion(question, screen, VIEW);
          const plain = renderQuestion(question, { ...screen, chalk: new Chalk({ level: 0 }) }, VIEW);
          const shown = await show(drawing?.lines ?? [], columns);
          expect(shown.lines.length).toBe(plain?.lines.length);
          expect(shown.isWrapped).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a terminal with less', () => {
  test('gets ASCII alone where the locale knows no more', () => {
    const text = render(
      { arguments: Buffer.from('{"a":"Größe\u202e 東","b":"' + 'x'.repeat(90) + '"}'), reason: 'Löscht' },
      { charset: { ascii: true, wide: false } },
    );
    expect(text).toMatch(/^[\n -~]*$/);
    expect(text).toContain(String.raw`  | a: "Gr\xf6\xdfe\u{202e} \u{6771}"`);
  });

  test('gets no escape sequence where there are no colours', () => {
    expect(render({})).not.toContain('\x1b');
  });

  test('is given room where letters may be wide', () => {
    const lines = renderArguments(`{"a":"${'я'.repeat(200)}"}`, { charset: { ascii: false, wide: true } });
    expect(lines.every((line) => line.replaceAll(/[ -~]/g, '').length <= 38)).toBe(true);
  });
});
