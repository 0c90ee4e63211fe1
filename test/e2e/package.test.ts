import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const prefix = mkdtempSync(join(tmpdir(), 'mcp-guard-prefix-'));
const installed = join(prefix, 'bin', 'mcp-guard');

beforeAll(async () => {
  // What `npm run build` made is packed: building again would pull dist/ away under the other tests.
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', prefix], {
    cwd: ROOT,
  });
  const [{ filename } = { filename: '' }] = JSON.parse(stdout) as { filename: string }[];
  const args = [
    'install',
    '--global',
    '--offline',
    '--no-audit',
    '--no-fund',
    '--prefix',
    prefix,
    join(prefix, filename),
  ];
  await run('npm', args, { cwd: prefix });
}, 120_000);

afterAll(() => rmSync(prefix, { recursive: true, force: true }));

describe('the package, installed into an empty prefix', () => {
  test('brings a working mcp-guard and nothing else along', async () => {
    const { stdout } = await run(installed, ['--version'], { cwd: prefix });
    expect(stdout).toBe(`${packageJson.version}\n`);
    const list = await run('npm', ['ls', '--global', '--all', '--parseable', '--prefix', prefix], {
      cwd: prefix,
    });
    expect(list.stdout.trim().split('\n').slice(1)).toEqual([
      join(prefix, 'lib', 'node_modules', 'mcp-guard'),
    ]);
  });

  test('runs the demo without a terminal, to a good end', async () => {
    const { stdout } = await run('setsid', ['--wait', installed, 'demo'], { cwd: prefix });
    expect(stdout).toContain('approval_unavailable');
  });

  test('holds the licences of what was bundled', async () => {
    const { stdout } = await run('tar', ['-tzf', join(prefix, `mcp-guard-${packageJson.version}.tgz`)]);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([
        'package/LICENSE',
        'package/README.md',
        'package/dist/THIRD_PARTY_LICENSES',
        'package/docs/policy.md',
      ]),
    );
  });
});
