import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { BIN, fixture, gone, Guard, makeHome, readLog, textOf, type Message } from '../helpers/guard.ts';
import { createHostileFolder } from '../helpers/hostile-folder.ts';
import { Pty } from '../helpers/pty.ts';

const ALLOW = 'version: 1\ndefault: allow\n';
const SERVER = [process.execPath, fixture('server.js')];
const INITIALIZE = { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18' } };
const call = (id: number | string, name: string, args = '{}'): string =>
  `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"tools/call","params":{"name":"${name}","arguments":${args}}}`;

function start(policy = ALLOW, command: readonly string[] = SERVER): Guard {
  return new Guard({ home: makeHome(policy), command });
}

/** A server that is this script. */
function scripted(script: string): string[] {
  return [process.execPath, '-e', script];
}

/** A server without a word on stderr that answers everything. */
const ECHO = `
  let rest = '';
  process.stdin.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\\n');
    rest = lines.pop();
    for (const line of lines) {
      const { id } = JSON.parse(line);
      process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result: {} }) + '\\n');
    }
  });`;

async function pidOf(guard: Guard): Promise<number> {
  await guard.stderrHas('pid ');
  return Number(/pid (\d+)/.exec(guard.stderr)?.[1]);
}

/** Every line the server was sent that asked it something. */
async function listReceived(guard: Guard): Promise<string[]> {
  guard.call('received', 'received');
  const text = textOf(await guard.answer('received'));
  return (JSON.parse(text) as string[]).slice(0, -1);
}

function codeOf(message: Message): unknown {
  const meta = message.result?.['_meta'] as Record<string, { code: string }> | undefined;
  return meta?.['io.github.mcp-guard/decision']?.code ?? message.error?.code;
}

/**
 * Where the system tells: the guard never held the line of 200 MiB and more. At rest it has 60 to 70, and V8 lets 64
 * of buffers that nobody holds any more lie before it looks for them.
 */
function expectLittleMemory({ child }: Guard): void {
  if (process.platform !== 'linux') return;
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  expect(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024).toBeLessThan(190);
}

async function waitForLines(guard: Guard, count: number): Promise<void> {
  const limits = { timeout: 30_000, interval: 5 };
  await vi.waitFor(() => expect(guard.lines.length).toBeGreaterThanOrEqual(count), limits);
}

describe('a hostile working directory', () => {
  const policy = 'version: 1\ndefault: deny\ntools: { echo: allow, received: allow }\n';

  test('runs nothing, decides nothing, and holds nothing up', async () => {
    const home = makeHome(policy);
    const { folder, listRun } = createHostileFolder(home);
    const guard = new Guard({ home, command: ['node', fixture('server.js')], cwd: folder });
    guard.send(INITIALIZE);
    guard.call(1, 'echo', { a: 1 });
    guard.call(2, 'delete_everything');
    expect([textOf(await guard.answer(1)), codeOf(await guard.answer(2))]).toEqual(['{"a":1}', 'denied']);
    guard.end();
    expect(await guard.exit).toBe(0);
    expect(guard.stderr).toContain(`${folder}/mcp-guard.yaml is no regular file, and is not read`);
    expect(listRun()).toEqual([]);
  });

  test('is no better when PATH leads into it first', async () => {
    const home = makeHome(policy);
    const { folder, listRun } = createHostileFolder(home);
    const PATH = ['.', '', 'node_modules/.bin', process.env['PATH']].join(delimiter);
    const guard = new Guard({ home, command: SERVER, cwd: folder, env: { PATH } });
    guard.call(1, 'echo');
    await guard.answer(1);
    guard.child.kill('SIGKILL');
    await guard.exit;
    expect(listRun()).toEqual([]);
  });

  test('is told to the client, and not obeyed, where its own file is named as the policy', async () => {
    const home = makeHome(policy);
    const { folder, listRun } = createHostileFolder(home);
    const options = ['--policy', join(folder, 'mcp-guard.yaml')];
    const guard = new Guard({ home, options, command: SERVER, cwd: folder });
    guard.send(INITIALIZE);
    expect((await guard.answer(0)).error?.message).toContain('no regular file');
    guard.end();
    expect(await guard.exit).toBe(78);
    expect(listRun()).toEqual([]);
  });
});

test('no program but the server itself has to be found on PATH', async () => {
  const guard = new Guard({ home: makeHome(ALLOW), command: SERVER, env: { PATH: '/nowhere' } });
  guard.call(1, 'echo');
  expect(textOf(await guard.answer(1))).toBe('{}');
  const pid = await pidOf(guard);
  guard.child.kill('SIGKILL');
  await gone(pid);
});

test('the server has the environment of the client, and the log has none of it', async () => {
  const home = makeHome(ALLOW);
  const command = scripted(
    `process.stdin.once('data', () => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { env: process.env.SECRET_OF_MINE } }) + '\\n'))`,
  );
  const guard = new Guard({ home, command, env: { SECRET_OF_MINE: 'swordfish' } });
  guard.call(1, 'echo');
  expect((await guard.answer(1)).result).toEqual({ env: 'swordfish' });
  guard.end();
  await guard.exit;
  expect(JSON.stringify(readLog(home))).not.toContain('swordfish');
});

describe('a policy that is', () => {
  const WAYS: readonly [string, (path: string) => void][] = [
    ['a named pipe', (path) => void execFileSync('/usr/bin/mkfifo', [path])],
    ['a folder', (path) => mkdirSync(path)],
    [
      'open to others',
      (path) => {
        writeFileSync(path, ALLOW);
        chmodSync(path, 0o666);
      },
    ],
    ['empty', (path) => writeFileSync(path, '')],
    ['gone', () => {}],
    ['larger than any', (path) => writeFileSync(path, `${ALLOW}#${'x'.repeat(2 << 20)}`)],
  ];

  test.each(WAYS)('%s ends the run with 78, tells the client, and starts no server', async (what, make) => {
    const home = makeHome();
    const marker = join(home, 'started');
    const named = join(home, 'named.yaml');
    make(named);
    const command = ['/bin/sh', '-c', `: > ${marker}`];
    const places = [
      new Guard({ home, command, options: ['--policy', named] }),
      new Guard({ home, command, env: { MCP_GUARD_POLICY: named } }),
    ];
    if (what !== 'gone') {
      make(join(home, 'config/policy.yaml'));
      places.push(new Guard({ home, command }));
    }
    for (const guard of places) {
      guard.send(INITIALIZE);
      const { error } = await guard.answer(0);
      expect(error).toMatchObject({ code: -32603 });
      expect(guard.stderr).toContain(error?.message);
      guard.end();
      expect(await guard.exit).toBe(78);
    }
    expect(existsSync(marker)).toBe(false);
  });
});

describe('a client that', () => {
  const MIXED = 'version: 1\ndefault: deny\ntools: { echo: allow, received: allow }\n';

  test('writes one byte at a time is understood, and its server gets the bytes as they were', async () => {
    const guard = start(MIXED);
    const lines = [
      call(1, 'echo', '{"é😀": 1.0}'),
      call(2, 'drop'),
      `${call(3, 'echo', '{"n":9007199254740993}')}\r`,
    ];
    for (const byte of Buffer.from(`${lines.join('\n')}\n`)) {
      await new Promise((resolve) => guard.child.stdin.write(Buffer.of(byte), resolve));
    }
    await Promise.all([guard.answer(1), guard.answer(2), guard.answer(3)]);
    expect(await listReceived(guard)).toEqual([lines[0], lines[2]?.trimEnd()]);
  });

  test('writes 100,000 calls at once gets each answered, and no denied one through', async () => {
    const home = makeHome(MIXED);
    const guard = new Guard({ home, command: SERVER });
    const count = 100_000;
    const name = (id: number): string => (id % 2 === 0 ? 'echo' : 'drop');
    guard.send(...Array.from({ length: count }, (_, id) => call(id, name(id))));
    await waitForLines(guard, count);
    const received = await listReceived(guard);
    expect(received).toEqual(Array.from({ length: count / 2 }, (_, n) => call(2 * n, 'echo')));
    expect(new Set(guard.messages.map(({ id }) => id)).size).toBe(count + 1);
    expect(guard.lines).toHaveLength(count + 1);
  });

  test('closes its input behind 1,000 calls gets all of them answered', async () => {
    const guard = start(MIXED);
    guard.send(INITIALIZE, ...Array.from({ length: 1_000 }, (_, id) => call(id + 1, 'echo', `{"n":${id}}`)));
    guard.end();
    expect(await guard.exit).toBe(0);
    expect(guard.messages.map(({ id }) => id)).toEqual(Array.from({ length: 1_001 }, (_, id) => id));
  });

  test('sends bytes that are no UTF-8 is told so, and its server sees none of them', async () => {
    const guard = start(ALLOW);
    for (const bytes of ['\xff', '\xc0\xaf', '\xed\xa0\x80', '\xf0\x9f\x98', '\x80']) {
      guard.child.stdin.write(Buffer.from(`${call(1, 'echo', `{"path":"${bytes}"}`)}\n`, 'latin1'));
    }
    guard.send(call(2, 'echo'));
    await guard.answer(2);
    expect(guard.messages.slice(0, 5).map(codeOf)).toEqual(Array.from({ length: 5 }, () => -32700));
    expect(await listReceived(guard)).toEqual([call(2, 'echo')]);
  });

  test('never ends its line costs no memory, and is told when it does', async () => {
    const guard = start(ALLOW);
    const piece = Buffer.alloc(1 << 20, 'x');
    for (let n = 0; n < 200; n++) {
      if (!guard.child.stdin.write(piece)) {
        await new Promise((resolve) => guard.child.stdin.once('drain', resolve));
      }
    }
    guard.send('', call(1, 'echo'));
    expect(codeOf(await guard.answer(null))).toBe(-32600);
    expect(textOf(await guard.answer(1))).toBe('{}');
    expectLittleMemory(guard);
  });

  test('uses an id again gets an error for the second, and the first runs once', async () => {
    const guard = start(ALLOW);
    guard.send(call(1, 'silent'), call(1, 'echo'), call('1', 'echo'));
    await guard.answer('1');
    // The id keeps its own answer, which the first call is still owed.
    expect(codeOf(await guard.answer(null))).toBe(-32600);
    expect(await listReceived(guard)).toEqual([call(1, 'silent'), call('1', 'echo')]);
  });

  test('closes its end of the output ends the run and the server', async () => {
    const guard = start(ALLOW, [...SERVER, 'deaf-to-eof']);
    guard.send(INITIALIZE);
    await guard.answer(0);
    const pid = await pidOf(guard);
    guard.child.stdout.destroy();
    guard.call(1, 'big', { bytes: 5_000_000 });
    expect(await guard.exit).toBe(0);
    await gone(pid);
  });

  test('closes its end of the words for people is served all the same', async () => {
    const policy = 'version: 1\ndefault: allow\ntools: { a: [allow, deny] }\n';
    const guard = start(policy, scripted(ECHO));
    guard.child.stderr.destroy();
    for (let id = 0; id < 20; id++) guard.send('not JSON', call(id, 'echo'));
    expect((await guard.answer(19)).result).toEqual({});
    guard.end();
    expect(await guard.exit).toBe(0);
  });

  test('closes its end of the words for people still learns that its policy is broken', async () => {
    const guard = start('version: 1\ndefault: alow\n');
    guard.child.stderr.destroy();
    guard.send(INITIALIZE);
    expect((await guard.answer(0)).error?.message).toContain('unknown action "alow"');
  });

  // Node's own stderr would write to the pipe without letting go: the guard would stand still, also for signals.
  test('does not read the words for people is served all the same', async () => {
    const guard = start(ALLOW, scripted(ECHO));
    guard.child.stderr.pause();
    guard.send(...Array.from({ length: 2_000 }, () => 'not JSON'), call(1, 'echo'));
    expect(await guard.answer(1)).toHaveProperty('result');
    guard.child.kill('SIGTERM');
    guard.child.stderr.resume();
    expect(await guard.exit).toBe(143);
  });
});

describe('a server that', () => {
  test('floods the client is held to the pace of the client, and nothing of it is lost', async () => {
    const count = 200_000;
    const guard = start(
      ALLOW,
      scripted(`
        let n = 0;
        const more = () => {
          while (n < ${count}) {
            const line = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params: { n: n++, x: 'x'.repeat(400) } });
            if (process.stdout.write(line + '\\n')) continue;
            const held = setTimeout(() => console.error('written ' + n), 500);
            return process.stdout.once('drain', () => { clearTimeout(held); more(); });
          }
          process.stdout.write('{"jsonrpc":"2.0","id":1,"result":{}}\\n', () => console.error('written ' + n));
        };
        process.stdin.once('data', more);`),
    );
    guard.child.stdout.pause();
    guard.call(1, 'echo');
    await guard.stderrHas('written');
    expect(Number(/written (\d+)/.exec(guard.stderr)?.[1])).toBeLessThan(count / 10);
    guard.child.stdout.resume();
    await waitForLines(guard, count + 1);
    const numbers = guard.lines.slice(0, -1).map((line) => Number(/"n":(\d+)/.exec(line)?.[1]));
    expect(numbers).toEqual(Array.from({ length: count }, (_, n) => n));
    expectLittleMemory(guard);
  });

  test('writes 100,000 lines of noise shows the client its answer alone', async () => {
    const guard = start(
      ALLOW,
      scripted(`
        let n = 0;
        const more = () => {
          while (n++ < 100_000) if (!process.stdout.write('debug: ' + n + '\\n')) return process.stdout.once('drain', more);
          process.stdout.write('{"jsonrpc":"2.0","id":1,"result":{}}\\n');
        };
        process.stdin.once('data', more);`),
    );
    guard.call(1, 'echo');
    expect((await guard.answer(1)).result).toEqual({});
    expect(guard.lines).toHaveLength(1);
  });

  test('never ends its line costs no memory, and the next line passes', async () => {
    const guard = new Guard({
      home: makeHome(ALLOW),
      options: ['--max-answer', '1'],
      command: scripted(`
        const piece = 'x'.repeat(1 << 20);
        let n = 0;
        const more = () => {
          while (n++ < 300) if (!process.stdout.write(piece)) return process.stdout.once('drain', more);
          process.stdout.write('\\n{"jsonrpc":"2.0","id":1,"result":{}}\\n');
        };
        process.stdin.once('data', more);`),
    });
    guard.call(1, 'echo');
    expect((await guard.answer(1)).result).toEqual({});
    expectLittleMemory(guard);
  });

  test('closes its input is taken for one that has ended, and owes no answer', async () => {
    const guard = start(
      ALLOW,
      scripted(`require('fs').closeSync(0); console.error('closed'); setInterval(() => {}, 1000)`),
    );
    await guard.stderrHas('closed');
    guard.call(1, 'echo', { text: 'x'.repeat(1 << 18) });
    expect(codeOf(await guard.answer(1))).toBe('upstream_gone');
    expect(await guard.exit).toBe(0);
  });

  test('is slow to start gets everything that was sent meanwhile, in order', async () => {
    const home = makeHome(ALLOW);
    const go = join(home, 'go');
    const command = scripted(`
      const { existsSync } = require('fs');
      console.error('waiting');
      const look = setInterval(() => {
        if (!existsSync(${JSON.stringify(go)})) return;
        clearInterval(look);
        process.argv.splice(1, 0, 'server');
        import(${JSON.stringify(fixture('server.js'))});
      }, 10);`);
    const guard = new Guard({ home, command });
    const lines = Array.from({ length: 5_000 }, (_, id) => call(id, 'echo', `{"text":"${'x'.repeat(200)}"}`));
    await guard.stderrHas('waiting');
    guard.send(...lines);
    writeFileSync(go, '');
    await guard.answer(4_999);
    expect(await listReceived(guard)).toEqual(lines);
  });
});

test('a guard that runs out of memory takes its server with it', async () => {
  // What is never answered is remembered, so the client can fill any memory; it must not get a guard that passes all.
  const env = { NODE_OPTIONS: '--max-old-space-size=16' };
  const command = scripted(
    `console.error('pid ' + process.pid); process.stdin.resume(); setInterval(() => {}, 1000)`,
  );
  const guard = new Guard({ home: makeHome(ALLOW), command, env });
  const pid = await pidOf(guard);
  const request = (n: number): string => `{"jsonrpc":"2.0","id":"${n}${'x'.repeat(900)}","method":"x"}`;
  for (let n = 0; n < 400; n++) guard.send(...Array.from({ length: 100 }, (_, m) => request(100 * n + m)));
  expect(await guard.exit).toBe('SIGABRT');
  await gone(pid);
});

describe('signals', () => {
  test('SIGUSR1 opens no inspector', async () => {
    const guard = start();
    guard.send(INITIALIZE);
    await guard.answer(0);
    guard.child.kill('SIGUSR1');
    guard.call(1, 'echo');
    await guard.answer(1);
    guard.end();
    expect(await guard.exit).toBe(0);
    expect(guard.stderr).not.toContain('Debugger');
  });

  test('a guard that was stopped goes on where it was', async () => {
    const guard = start();
    guard.send(INITIALIZE);
    await guard.answer(0);
    guard.child.kill('SIGSTOP');
    const lines = Array.from({ length: 500 }, (_, id) => call(id, 'echo'));
    guard.send(...lines);
    guard.child.kill('SIGCONT');
    await guard.answer(499);
    expect(await listReceived(guard)).toEqual([JSON.stringify(INITIALIZE), ...lines]);
  });

  test.each([1, 150, 400, 800, 1_500])(
    'SIGKILL under load, after %i answers: no server is left, and what ran is in the log, once',
    async (answers) => {
      const home = makeHome('version: 1\ndefault: deny\ntools: { echo: allow }\n');
      const ran = join(home, 'ran');
      const command = scripted(`
        const { appendFileSync } = require('fs');
        console.error('pid ' + process.pid);
        setInterval(() => {}, 1000);
        process.stdout.on('error', () => {});
        let rest = '';
        process.stdin.setEncoding('utf8').on('data', (text) => {
          const lines = (rest + text).split('\\n');
          rest = lines.pop();
          for (const line of lines) {
            const { id } = JSON.parse(line);
            appendFileSync(${JSON.stringify(ran)}, id + '\\n');
            process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result: {} }) + '\\n');
          }
        });`);
      const guard = new Guard({ home, command });
      const pid = await pidOf(guard);
      for (let id = 0; id < 5_000; id++) guard.call(id, id % 5 === 4 ? 'drop' : 'echo', { n: id });
      await waitForLines(guard, answers);
      guard.child.kill('SIGKILL');
      expect(await guard.exit).toBe('SIGKILL');
      await gone(pid);
      const executed = readFileSync(ran, 'utf8').trim().split('\n').map(Number);
      expect(executed.filter((id) => id % 5 === 4)).toEqual([]);
      expect(new Set(executed).size).toBe(executed.length);
      const allowed = new Set(
        readWholeLines(home).flatMap(({ verdict, id }) => (verdict === 'allow' ? [id] : [])),
      );
      expect(executed.filter((id) => !allowed.has(id))).toEqual([]);
    },
  );
});

/** The log of a killed guard: at most its last line may be torn. */
function readWholeLines(home: string): Record<string, unknown>[] {
  const folder = join(home, 'state/audit');
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('guards of one user log side by side, each whole and for this user alone', async () => {
  const home = makeHome(ALLOW);
  const guards = Array.from({ length: 4 }, () => new Guard({ home, command: SERVER }));
  for (const guard of guards) guard.send(...Array.from({ length: 500 }, (_, id) => call(id, 'echo')));
  for (const guard of guards) {
    await guard.answer(499);
    guard.end();
    expect(await guard.exit).toBe(0);
  }
  const folder = join(home, 'state/audit');
  expect(readdirSync(folder)).toHaveLength(4);
  expect(readLog(home)).toHaveLength(4 * 501);
  const modes = [folder, ...readdirSync(folder).map((name) => join(folder, name))];
  expect(modes.map((path) => statSync(path).mode & 0o077)).toEqual(modes.map(() => 0));
});

interface Terminal {
  readonly pty: Pty;
  readonly send: (...lines: string[]) => void;
  /** What the client has read. */
  readonly read: () => string;
}

/** A guard whose client speaks through pipes while a person sits at its terminal. */
function startInTerminal(home: string, command: readonly string[], cwd = home, PATH?: string): Terminal {
  const [input, output] = [join(home, 'input'), join(home, 'output')];
  execFileSync('/usr/bin/mkfifo', [input]);
  const line = 'exec "$@" <"$IN" >"$OUT"';
  const args = [
    '/bin/bash',
    '--norc',
    '-c',
    line,
    'bash',
    process.execPath,
    BIN,
    'run',
    '--name',
    'mq',
    '--',
  ];
  const env = { MCP_GUARD_HOME: home, IN: input, OUT: output, ...(PATH === undefined ? {} : { PATH }) };
  const pty = new Pty([...args, ...command], { cwd, env, columns: 120 });
  const fd = openSync(input, 'r+');
  return {
    pty,
    send: (...lines) => void writeSync(fd, `${lines.join('\n')}\n`),
    read: () => readFileSync(output, 'utf8'),
  };
}

describe('while a question stands in the terminal', () => {
  const ASK = 'version: 1\ntools: { impostor: allow, received: allow }\n';
  const received = async ({ send, read }: Terminal): Promise<string[]> => {
    send(call('received', 'received'));
    await vi.waitFor(() => expect(read()).toContain('"id":"received"'), { timeout: 20_000 });
    const lines = read().trim().split('\n');
    const answer = lines.map((line) => JSON.parse(line) as Message).find(({ id }) => id === 'received');
    return answer === undefined ? [] : (JSON.parse(textOf(answer)) as string[]);
  };

  test('the server cannot answer in its place, and the yes runs it once', async () => {
    const terminal = startInTerminal(makeHome(ASK), SERVER);
    const { pty, send, read } = terminal;
    send(call(7, 'make'));
    await pty.waitFor('run make on mq?');
    send(call(8, 'impostor', '{"id":7}'));
    await vi.waitFor(() => expect(read()).toContain('"id":8'), { timeout: 20_000 });
    expect(read()).not.toContain('forged');
    await pty.press('y', 'allowed once: make');
    await vi.waitFor(() => expect(read()).toContain('"id":7'), { timeout: 20_000 });
    expect(read()).not.toContain('forged');
    expect((await received(terminal)).filter((line) => line === call(7, 'make'))).toHaveLength(1);
  });

  test('a cancelled call leaves the screen, and a yes that comes too late runs nothing', async () => {
    const terminal = startInTerminal(makeHome(ASK), SERVER);
    const { pty, send, read } = terminal;
    send(call(7, 'make'));
    await pty.waitFor('run make on mq?');
    send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}');
    await pty.waitFor('withdrawn, the client gave the call up: make');
    pty.type('y');
    expect(await received(terminal)).toEqual([call('received', 'received')]);
    expect(read()).not.toContain('"id":7');
  });

  test('nothing of a hostile working directory runs, though PATH leads there, and the server has no terminal', async () => {
    const home = makeHome(ASK);
    const { folder, listRun } = createHostileFolder(home);
    const PATH = ['.', 'node_modules/.bin', dirname(process.execPath), '/usr/bin:/bin'].join(delimiter);
    const command = scripted(`
      const { openSync } = require('fs');
      try { openSync('/dev/tty', 'r+'); console.error('has a terminal'); } catch { console.error('has none'); }
      console.error('\\x1b[2J\\rmcp-guard: run make on mq? y');
      process.stdin.resume();`);
    const { pty, send } = startInTerminal(home, command, folder, PATH);
    await pty.waitFor('mq | has none');
    await pty.waitFor(String.raw`mq | \x1b[2J\rmcp-guard: run make on mq? y`);
    send(call(7, 'make'));
    await pty.waitFor('no answer in');
    await pty.press('n', 'refused: make');
    expect(listRun()).toEqual([]);
  });
});
