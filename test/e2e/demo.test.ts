import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BIN } from '../helpers/guard.ts';
import { Pty } from '../helpers/pty.ts';

const QUESTION = 'mcp-guard: run identity_create_workload_identity on amazon-mq?';
const COMMAND = [process.execPath, BIN, 'demo'];

/** An empty home and an empty place for temporary files, and a policy that would break any guard that heard of it. */
function makeWorld(): { readonly env: Record<string, string>; readonly leftovers: () => string[] } {
  const world = mkdtempSync(join(tmpdir(), 'demo-test-'));
  onTestFinished(() => rmSync(world, { recursive: true, force: true }));
  const env = {
    HOME: join(world, 'home'),
    TMPDIR: join(world, 'tmp'),
    MCP_GUARD_POLICY: join(world, 'nowhere.yaml'),
  };
  mkdirSync(env.HOME);
  mkdirSync(env.TMPDIR);
  return { env, leftovers: () => [...readdirSync(env.HOME), ...readdirSync(env.TMPDIR)] };
}

test.each([
  [
    'y',
    'You said yes. The server answered:\n            arn:aws:iam::123456789012:workload-identity/orders-agent',
  ],
  ['n', 'You said no. The agent reads: "Policy violation:'],
])('asks in its terminal, and %s is followed', async (key, words) => {
  const { env, leftovers } = makeWorld();
  const demo = new Pty(COMMAND, { rows: 60, env });
  await demo.waitFor(QUESTION);
  expect(demo.text).not.toContain('You said');
  await demo.press(key, 'What next');
  expect(await demo.exit).toBe(0);
  expect(demo.text).toContain(words);
  expect(demo.text.match(/^ {3}log {6}\d\d:\d\d:\d\dZ /gm)).toHaveLength(5);
  expect(leftovers()).toEqual([]);
});

test('ends at Ctrl+C while the question stands, and leaves nothing behind', async () => {
  const { env, leftovers } = makeWorld();
  const demo = new Pty(COMMAND, { rows: 60, env });
  await demo.waitFor(QUESTION);
  demo.type('\x03');
  expect(await demo.exit).toBe(130);
  expect(demo.text.endsWith('\nStopped, and nothing is left behind.')).toBe(true);
  expect(leftovers()).toEqual([]);
});

test('leaves nothing behind when its terminal is closed', async () => {
  const { env, leftovers } = makeWorld();
  const demo = new Pty(COMMAND, { rows: 60, env });
  await demo.waitFor(QUESTION);
  demo.pty.kill('SIGHUP');
  await demo.exit;
  expect(leftovers()).toEqual([]);
});

test('goes on without a terminal: nobody can be asked, so the fifth call is refused', async () => {
  const { env, leftovers } = makeWorld();
  const { code, text, complaints } = await runWithoutTerminal(env);
  expect({ code, complaints }).toEqual({ code: 0, complaints: '' });
  expect(text).toContain('Nobody can be asked here, and without a yes nothing runs.');
  expect(text.match(/^ {12}approval_unavailable {2}/m)).not.toBeNull();
  expect(text).not.toContain('\x1b');
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(leftovers()).toEqual([]);
});

async function runWithoutTerminal(env: object): Promise<{ code: unknown; text: string; complaints: string }> {
  // A session of its own: a test run in a terminal must not be asked there.
  const [file = '', ...args] = COMMAND;
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [text, complaints] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, text, complaints };
}
