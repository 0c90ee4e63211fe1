import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPinStore } from '../../../src/catalogue/pins/pin-store.ts';
import { createFakeIo } from '../../helpers/fake-io.ts';

const EACH = 40;
let folder: string;
let program: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-guard-pin-race-'));
  program = join(folder, 'pinning-guard.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, '../../fixtures/pinning-guard.ts')],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What it said against it. */
async function pin(home: string, prefix: string): Promise<string> {
  const child = spawn(process.execPath, [program, prefix, String(EACH)], {
    env: { ...process.env, MCP_GUARD_HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  await new Promise<void>((resolve) => child.once('close', () => resolve()));
  return said;
}

test('guards that begin together, with no file yet, lose none of what each other pins', async () => {
  const home = join(folder, 'home');
  const said = await Promise.all(['a', 'b', 'c'].map((prefix) => pin(home, prefix)));
  expect(said).toEqual(['', '', '']);
  const { tools } = openPinStore(createFakeIo(home), { name: 'mq', command: ['mq-server'] }).read();
  expect(tools.size).toBe(3 * EACH);
});
