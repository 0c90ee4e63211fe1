import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findPackage } from '../../src/relay/launcher.ts';

const isLinux = process.platform === 'linux';
const LINUX = { platform: 'linux' } as const;

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-guard-launcher-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** A launcher that has started this script, and is still there itself. Settles when the script runs. */
async function launch(program: string, script: string): Promise<number> {
  const child: ChildProcess = spawn('/bin/sh', ['-c', `"${program}" "${script}" & wait`], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('not started');
  onTestFinished(() => void process.kill(-pid, 'SIGKILL'));
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return pid;
}

test.runIf(isLinux)('tells the version that npx has started, from the package round the script', async () => {
  const folder = join(makeFolder(), 'node_modules');
  write(join(folder, '@acme/mq/package.json'), '{"name":"@acme/mq","version":"2.0.27"}');
  const script = write(
    join(folder, '@acme/mq/dist/index.js'),
    'console.log("up"); setInterval(() => {}, 1000);',
  );
  mkdirSync(join(folder, '.bin'));
  symlinkSync(script, join(folder, '.bin/mq'));
  const pid = await launch(process.execPath, join(folder, '.bin/mq'));
  expect(await findPackage(['npx', '-y', '@acme/mq@latest', '--stdio'], pid, LINUX)).toEqual({
    name: '@acme/mq',
    version: '2.0.27',
  });
  expect(await findPackage(['npx', '-y', 'another'], pid, LINUX)).toBeNull();
  expect(await findPackage(['node', '@acme/mq'], pid, LINUX)).toBeNull();
});

test.runIf(isLinux)(
  'tells the version that uvx has started, from what its environment has installed',
  async () => {
    const folder = makeFolder();
    write(
      join(folder, 'lib/python3.12/site-packages/awslabs_amazon_mq_mcp_server-2.0.26.dist-info/METADATA'),
      '',
    );
    const script = write(
      join(folder, 'bin/awslabs.amazon-mq-mcp-server'),
      'echo up; while :; do sleep 1; done\n',
    );
    chmodSync(script, 0o755);
    const pid = await launch('/bin/sh', script);
    const found = await findPackage(['uvx', 'awslabs.amazon-mq-mcp-server@latest'], pid, LINUX);
    expect(found).toEqual({ name: 'awslabs.amazon-mq-mcp-server', version: '2.0.26' });
  },
);

test('tells nothing where nothing runs, or the system does not say', async () => {
  expect(await findPackage(['npx', 'x'], 2 ** 22 + 1, LINUX)).toBeNull();
  expect(await findPackage(['npx', 'x'], process.pid, { platform: 'win32' })).toBeNull();
  expect(await findPackage([], process.pid, LINUX)).toBeNull();
});
