import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { bundleFixtures } from '../helpers/bundle.ts';
import type { Order } from '../fixtures/ask.ts';
import { Pty, type PtyOptions } from '../helpers/pty.ts';

const RESTORED = 'left isig icanon echo';
const STANDS = 'no answer in';
const fixtures = bundleFixtures('ask');

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'mcp-guard-ask-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

function command(order: Order): string[] {
  return [process.execPath, fixtures.path('ask'), JSON.stringify(order)];
}

function ask(order: Order, { env = {}, ...options }: PtyOptions = {}): Pty {
  return new Pty(command(order), { ...options, env: { MCP_GUARD_HOME: makeHome(), ...env } });
}

/** A shell line that asks, for the places a program can have in its terminal's job control. */
function script(line: string, order: Order, home = makeHome()): Pty {
  const env = {
    MCP_GUARD_HOME: home,
    NODE: process.execPath,
    ASK: fixtures.path('ask'),
    ORDER: JSON.stringify(order),
  };
  return new Pty(['/bin/bash', '--norc', '-c', line], { env });
}

function signal(pty: Pty, name: NodeJS.Signals): void {
  process.kill(Number(/ready (\d+)/.exec(pty.text)?.[1]), name);
}

describe('a question in the terminal', () => {
  test.each([
    ['y', '"kind":"yes","scope":"once","lasts":{"kind":"session"}', 'allowed once: drop'],
    ['s', '"kind":"yes","scope":"tool","lasts":{"kind":"session"}', 'allowed for this session: drop'],
    [
      'e',
      '"kind":"yes","scope":"call","lasts":{"kind":"session"}',
      'allowed, exactly so, for this session: drop',
    ],
    ['n', '"kind":"no","message":null', 'refused: drop'],
  ])('is answered with %s, disappears, and leaves the terminal as it was', async (key, answer, closing) => {
    const pty = ask({ tools: ['drop'], arguments: { id: 1 } });
    await pty.waitFor(STANDS);
    await pty.press(key, RESTORED);
    expect(pty.text).toContain(`answer drop {${answer},"approver":"terminal"}`);
    expect(pty.text).toContain(`mcp-guard: ${closing}`);
    expect(pty.text).not.toContain('once    s this tool');
    expect(await pty.exit).toBe(0);
  });

  describe('about something that cannot be undone', () => {
    const profile = { category: 'destructive', risk: 'critical', evidence: ['the verb "drop"'] } as const;
    const SEEN = 'you have seen everything';

    test('takes a yes at once where all of it stands on the screen', async () => {
      const pty = ask({ tools: ['drop'], arguments: { id: 1 }, profile });
      await pty.waitFor(STANDS);
      expect(pty.text).toContain('destructive, critical risk: the verb "drop"');
      await pty.press('y', RESTORED);
      expect(pty.text).toContain('mcp-guard: allowed once: drop');
    });

    test('takes a yes only when all pages were turned, and a no at any time', async () => {
      const long = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key${index}`, index]));
      const pty = ask({ tools: ['drop'], arguments: long, profile });
      await pty.waitFor('a yes works when you have seen it to the end');
      await pty.press('v', SEEN);
      expect(pty.text).not.toContain('answer drop');
      await pty.press('y', RESTORED);
      expect(pty.text).toContain('mcp-guard: allowed once: drop');
      const other = ask({ tools: ['drop'], arguments: long, profile });
      await other.waitFor('a yes works when you have seen it to the end');
      await other.press('n', RESTORED);
      expect(other.text).toContain('mcp-guard: refused: drop');
    });

    test('of a definition that has changed shows the difference, and that without harm', async () => {
      const change = {
        was: JSON.stringify({ description: 'Says it again.' }),
        now: JSON.stringify({ description: 'Says it \u001b[2Jagain, to everybody.' }),
      };
      const pty = ask({ tools: ['echo'], change });
      await pty.waitFor(STANDS);
      expect(pty.text).toContain('differently than when it was pinned');
      expect(pty.text).toContain('mcp-guard pins accept mq echo');
      expect(pty.text).toContain('description: "Says it again." -> "Says it \\x1b[2Jagain');
      await pty.press('n', RESTORED);
    });
  });

  test('is answered for a time with a second key, of which the first one repeated is none', async () => {
    const pty = ask({ tools: ['drop'] });
    await pty.waitFor(STANDS);
    await pty.press('t', '1) 10 minutes');
    await pty.press('2', RESTORED);
    expect(pty.text).toContain(
      'answer drop {"kind":"yes","scope":"tool","lasts":{"kind":"time","ms":3600000},"approver":"terminal"}',
    );
    expect(pty.text).toContain('mcp-guard: allowed for 1 hour: drop');
  });

  test('is answered with words for the agent, which decide nothing until Enter', async () => {
    const pty = ask({ tools: ['drop'] });
    await pty.waitFor(STANDS);
    await pty.press('m', 'no, and the agent reads:');
    pty.type('yes, y tomorrw\x7fow \x1b[A');
    await pty.waitFor('> yes, y tomorrow _');
    pty.type('\r');
    await pty.waitFor(RESTORED);
    expect(pty.text).toContain('answer drop {"kind":"no","message":"yes, y tomorrow","approver":"terminal"}');
  });

  test('shows the rule that "always" would write, and writes it for a second key alone', async () => {
    const proposal = {
      kind: 'rule',
      file: '/home/me/policy.yaml',
      lines: ['tools:', '  drop: allow'],
    } as const;
    const pty = ask({ tools: ['drop'], proposal });
    await pty.waitFor(STANDS);
    await pty.press('a', 'this would stand in /home/me/policy.yaml');
    expect(pty.text).toContain('  | tools:\n  |   drop: allow');
    await pty.press('n', 'y once');
    await pty.press('a', 'this would stand in');
    await pty.press('y', RESTORED);
    expect(pty.text).toContain('"scope":"tool","lasts":{"kind":"always"}');
    expect(pty.text).toContain('mcp-guard: always allowed, the rule goes into /home/me/policy.yaml: drop');
  });

  test('offers no rule that it cannot show', async () => {
    const lines = Array.from({ length: 30 }, (_, n) => `  tool_${n}: allow`);
    const pty = ask({ tools: ['drop'], proposal: { kind: 'rule', file: '/p.yaml', lines } });
    await pty.waitFor(STANDS);
    await pty.press('a', 'no rule can be written: it does not fit on this screen');
    await pty.press('y', 'y once');
    await pty.press('n', RESTORED);
    expect(pty.text).toContain('answer drop {"kind":"no"');
  });

  test('takes words also on a screen that is just high enough for it', async () => {
    const pty = ask({ tools: ['drop'], arguments: { a: 1, b: 2, c: 3 } }, { columns: 20, rows: 19 });
    await pty.waitFor('s, then no');
    await pty.press('m', 'agent reads:');
    pty.type('not now\nplease\n');
    await pty.waitFor('> not now please');
    pty.type('\r');
    await pty.waitFor(RESTORED);
    expect(pty.text.replaceAll('\n', '')).toContain('"message":"not now please"');
  });

  test('tells how many such calls wait, also when another one comes', async () => {
    const pty = ask({ tools: ['drop', 'drop', 'keep'] });
    await pty.waitFor('2 such calls wait');
    await pty.press('n', '2 more wait');
    await pty.press('n', 'run keep on mq?');
    expect(pty.text).not.toContain('such calls');
    await pty.press('n', RESTORED);
  });

  test.each([
    ['Enter', '\r'],
    ['a space', ' '],
    ['a capital letter', 'Y'],
    ['Escape', '\x1b'],
    ['end of input', '\x04'],
    ['pasted text', 'yyyy'],
    ['an arrow key', '\x1b[A'],
    ['a pasted answer with its Enter', 'y\r'],
    ['a letter outside ASCII', 'ý'],
  ])('is not decided by %s', async (_, keys) => {
    const pty = ask({ tools: ['drop'], timeoutMs: 2_500 });
    await pty.waitFor(STANDS);
    await pty.press(keys, 'answer drop');
    expect(pty.text).toContain('answer drop {"kind":"timeout"}');
    expect(pty.text).toContain('mcp-guard: refused, no answer in 3 s: drop');
    await pty.waitFor(RESTORED);
  });

  test('is not answered by what was typed before it stood there', async () => {
    const pty = ask({ tools: ['drop'] });
    await pty.waitFor('ready');
    pty.type('y');
    await pty.waitFor(STANDS);
    await pty.press('n', RESTORED);
    expect(pty.text).toContain('answer drop {"kind":"no"');
  });

  test('is not answered by a key pressed the moment it appears', async () => {
    const pty = ask({ tools: ['drop'] });
    await pty.waitFor(STANDS);
    pty.type('y');
    await pty.press('n', RESTORED);
    expect(pty.text).toContain('answer drop {"kind":"no"');
  });

  test('comes after the one before it, and the key for that one does not count for it', async () => {
    const pty = ask({ tools: ['first', 'second'] });
    await pty.waitFor('run first on mq?');
    expect(pty.text).toContain('1 more waits');
    expect(pty.text).not.toContain('run second');
    await pty.press('y', 'run second on mq?');
    pty.type('y');
    await pty.press('n', RESTORED);
    expect(pty.text).toContain('answer first {"kind":"yes"');
    expect(pty.text).toContain('answer second {"kind":"no"');
  });

  test('disappears when the call is withdrawn, with one line that says so', async () => {
    const pty = ask({ tools: ['first', 'second'] });
    await pty.waitFor(STANDS);
    signal(pty, 'SIGUSR2');
    await pty.waitFor('run second on mq?');
    expect(pty.text).toContain('mcp-guard: withdrawn, the client gave the call up: first');
    expect(pty.text).not.toContain('run first on mq?');
    await pty.press('n', RESTORED);
  });

  test('gives the terminal back when the guard ends', async () => {
    const file = join(makeHome(), 'answers');
    const pty = ask({ tools: ['drop', 'another'], file });
    await pty.waitFor(STANDS);
    signal(pty, 'SIGTERM');
    await pty.waitFor(RESTORED);
    const answers = readFileSync(file, 'utf8');
    expect(answers).toContain('answer drop {"kind":"unavailable","why":"the guard is ending"}');
    expect(answers).toContain('answer another {"kind":"unavailable","why":"the guard is ending"}');
  });

  test('times out from when it came, not from when it was shown', async () => {
    const file = join(makeHome(), 'answers');
    const pty = ask({ tools: ['first', 'second'], timeoutMs: 1_500, file });
    await pty.waitFor(RESTORED);
    const answers = readFileSync(file, 'utf8');
    expect(answers).toContain('answer first {"kind":"timeout"}');
    expect(answers).toContain('answer second {"kind":"timeout"}');
    expect(pty.raw).not.toContain('run second');
  });

  test('shows everything with v, a page at a time', async () => {
    const values = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`key${n}`, n]));
    const pty = ask({ tools: ['drop'], arguments: { password: 'hunter2', ...values } });
    await pty.waitFor('15 of 32 lines shown, v shows all');
    expect(pty.text).toContain('password: [hidden: 7 characters');
    await pty.press('v', 'lines 1-15 of 32');
    expect(pty.text).toContain('password: "hunter2"');
    await pty.press('v', 'lines 16-30 of 32');
    await pty.press('v', 'lines 31-32 of 32');
    await pty.press('v', '15 of 32 lines shown');
    expect(pty.text).not.toContain('hunter2');
    expect(pty.text.split('run drop on mq?')).toHaveLength(2);
    await pty.press('y', RESTORED);
  });

  test('is drawn anew when the window changes', async () => {
    const pty = ask({ tools: ['drop'], arguments: { long: 'x'.repeat(100) } });
    await pty.waitFor(STANDS);
    pty.resize(120, 30);
    await pty.waitFor(`"${'x'.repeat(100)}"`);
    await pty.press('n', RESTORED);
    expect(pty.text).toContain('answer drop {"kind":"no"');
  });

  test('is written once, without moving the cursor, on a terminal that can only print', async () => {
    const pty = ask({ tools: ['drop'], arguments: { a: 1 } }, { env: { TERM: 'dumb' } });
    await pty.waitFor(STANDS);
    await pty.press('y', RESTORED);
    expect(pty.raw).not.toContain('\x1b');
    expect(pty.text).toContain('mcp-guard: allowed once: drop');
  });

  test('prints what is typed once, on a terminal that can only print', async () => {
    const pty = ask({ tools: ['drop'], arguments: { a: 1 } }, { env: { TERM: 'dumb' } });
    await pty.waitFor(STANDS);
    await pty.press('m', 'Enter sends the no');
    for (const [key, line] of [
      ['n', '> n'],
      ['o!', '> no!'],
      ['\x7f', '> no\n'],
    ] as const) {
      pty.type(key);
      await pty.waitFor(() => `${pty.text}\n`.includes(line));
    }
    pty.type('\r');
    await pty.waitFor(RESTORED);
    expect(pty.text).toContain('"message":"no"');
    expect(pty.raw.split('run drop on mq?')).toHaveLength(2);
    expect(pty.raw).not.toContain('\x1b');
  });

  test('has no colours where NO_COLOR is set', async () => {
    const pty = ask({ tools: ['drop'] }, { env: { NO_COLOR: '1' } });
    await pty.waitFor(STANDS);
    await pty.press('y', RESTORED);
    expect(pty.raw).not.toContain('\x1b[1m');
    expect(pty.raw).not.toContain('\x1b[2m');
  });

  test('is there again after Ctrl+Z, which gives the terminal back meanwhile', async () => {
    const line = 'set -m; "$NODE" "$ASK" "$ORDER"; stty -a | grep -o -E " -?icanon"; echo stopped; fg';
    const pty = script(line, { tools: ['drop'] });
    await pty.waitFor(STANDS);
    pty.type('\x1a');
    await pty.waitFor('stopped');
    expect(pty.raw).toContain(' icanon');
    await pty.waitFor(() => pty.raw.split('run drop on mq?').length === 3);
    await pty.press('y', RESTORED);
    expect(pty.text).toContain('answer drop {"kind":"yes"');
  });

  test('ends with Ctrl+C, which reaches the guard as ever', async () => {
    const pty = ask({ tools: ['drop'] });
    await pty.waitFor(STANDS);
    pty.type('\x03');
    await pty.waitFor(RESTORED);
    expect(pty.text).toContain('answer drop {"kind":"unavailable","why":"the guard is ending"}');
  });
});

describe('no question is asked', () => {
  test('on a terminal in raw mode', async () => {
    const pty = ask({ tools: ['drop'], stty: ['raw', '-echo'] });
    await pty.exit;
    expect(pty.text).toContain('"why":"the terminal is in raw mode: a full-screen program owns it;');
    expect(pty.text).not.toContain('run drop');
  });

  test('from the background', async () => {
    const pty = script('set -m; "$NODE" "$ASK" "$ORDER" & wait', { tools: ['drop'] });
    await pty.waitFor('left');
    expect(pty.text).toContain(
      '{"kind":"unavailable","why":"the guard runs in the background of its terminal"}',
    );
    expect(pty.text).not.toContain('run drop');
  });

  test('on a terminal that is too small to show it', async () => {
    const pty = ask({ tools: ['drop'] }, { columns: 80, rows: 8 });
    await pty.waitFor(RESTORED);
    expect(pty.text).toContain('the terminal is too small for the question');
    expect(pty.text).not.toContain('run drop');
  });

  test('where there is no terminal', async () => {
    const [file = '', ...args] = command({ tools: ['drop', 'another'] });
    const env = { MCP_GUARD_HOME: makeHome() };
    const child = spawn(file, args, { detached: true, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += String(chunk)));
    await once(child, 'close');
    const why = '{"kind":"unavailable","why":"no terminal: the client runs without one"}';
    expect(text).toContain(`answer drop ${why}\nanswer another ${why}\n`);
  });

  test('any longer when the terminal is closed', async () => {
    const file = join(makeHome(), 'answers');
    const pty = ask({ tools: ['drop'], file, deaf: true });
    await pty.waitFor(STANDS);
    pty.close();
    await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toContain('answer drop'), { timeout: 20_000 });
    expect(readFileSync(file, 'utf8')).toContain('answer drop {"kind":"unavailable","why":');
  });
});

describe('two guards in one terminal', () => {
  test('take turns', async () => {
    const line = '"$NODE" "$ASK" "$ORDER" & "$NODE" "$ASK" "$ORDER"; wait; echo both';
    const pty = script(line, { tools: ['drop'] });
    await pty.waitFor(STANDS);
    expect(pty.text.split('run drop on mq?')).toHaveLength(2);
    await pty.press('y', 'answer drop {"kind":"yes"');
    await pty.press('n', 'both');
    expect(pty.text).toContain('answer drop {"kind":"no"');
  });

  test('and a killed one is not waited for', async () => {
    const home = makeHome();
    const first = script(
      '"$NODE" "$ASK" "$ORDER"; stty sane; echo killed; "$NODE" "$ASK" "$ORDER"',
      { tools: ['drop'] },
      home,
    );
    await first.waitFor(STANDS);
    signal(first, 'SIGKILL');
    await first.waitFor('killed');
    await first.press('y', RESTORED);
    expect(first.text).toContain('answer drop {"kind":"yes"');
  });
});
