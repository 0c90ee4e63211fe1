import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { BIN, fixture, gone, makeHome } from '../helpers/guard.ts';

const server = (name: string): string =>
  join(import.meta.dirname, `../../node_modules/@modelcontextprotocol/server-${name}/dist/index.js`);

interface Run {
  readonly exit: Promise<number | NodeJS.Signals | null>;
  readonly output: { stdout: string; stderr: string };
  kill(signal: NodeJS.Signals): void;
  /** Resolves when stderr holds the text. */
  heard(text: RegExp): Promise<string>;
}

function validate(policy: string, command: readonly string[], options: readonly string[] = []): Run {
  const home = makeHome();
  const file = join(home, 'p.yaml');
  writeFileSync(file, policy, { mode: 0o600 });
  const child = spawn(process.execPath, [BIN, 'validate', file, ...options, '--against', '--', ...command], {
    env: { ...process.env, MCP_GUARD_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
  return {
    output,
    exit: new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal))),
    kill: (signal) => void child.kill(signal),
    heard: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = text.exec(output.stderr);
          if (found !== null) resolve(found[1] ?? found[0]);
        };
        child.stderr.on('data', look);
        look();
      }),
  };
}

test.each([
  ['everything', ['stdio'], 'version: 1\ntools: { ech: deny }\n', 'did you mean echo?'],
  ['filesystem', ['/tmp'], 'version: 1\ntools: { write_file: allow }\n', 'write_file (destructive)'],
  [
    'memory',
    [],
    'version: 1\ntools: { delete_entities: { when: { args.entityName: x }, action: deny } }\n',
    'did you mean args.entityNames?',
  ],
])('a policy is held against server-%s', async (name, args, policy, words) => {
  const run = validate(policy, [process.execPath, server(name), ...args]);
  expect(await run.exit).toBe(0);
  expect(run.output.stdout).toContain(words);
  expect(run.output.stdout).toContain('is sound, with 1 warning\n');
});

test('a command that is not there ends in 127, a server that says nothing in 1', async () => {
  const missing = validate('version: 1\n', ['/no/such/command']);
  expect(await missing.exit).toBe(127);
  expect(missing.output.stderr).toContain('mcp-guard: error: no such command: "/no/such/command"\n');
  const silent = validate(
    'version: 1\n',
    [process.execPath, fixture('listing-server.js'), 'silent'],
    ['--timeout', '1'],
  );
  expect(await silent.exit).toBe(1);
  expect(silent.output.stderr).toContain('the server did not answer the first request within 1 s\n');
});

test.each(['SIGINT', 'SIGKILL'] as const)('%s leaves no server behind', async (signal) => {
  const run = validate('version: 1\n', [
    process.execPath,
    fixture('server.js'),
    'never-reads',
    'deaf-to-term',
  ]);
  const pid = Number(await run.heard(/^pid (\d+)$/m));
  run.kill(signal);
  expect(await run.exit).toBe(signal);
  await gone(pid);
});
