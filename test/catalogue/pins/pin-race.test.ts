import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bundleFixtures } from '../../helpers/bundle.ts';
import { openPinStore } from '../../../src/catalogue/pins/pin-store.ts';
import { createFakeIo } from '../../helpers/fake-io.ts';

const EACH = 40;
const fixtures = bundleFixtures('pinning-guard');

/** What it said against it. */
async function pin(home: string, prefix: string): Promise<string> {
  const child = spawn(process.execPath, [fixtures.path('pinning-guard'), prefix, String(EACH)], {
    env: { ...process.env, MCP_GUARD_HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  await new Promise<void>((resolve) => child.once('close', () => resolve()));
  return said;
}

test('guards that begin together, with no file yet, lose none of what each other pins', async () => {
  const home = mkdtempSync(join(tmpdir(), 'mcp-guard-pin-race-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const said = await Promise.all(['a', 'b', 'c'].map((prefix) => pin(home, prefix)));
  expect(said).toEqual(['', '', '']);
  const { tools } = openPinStore(createFakeIo(home), { name: 'mq', command: ['mq-server'] }).read();
  expect(tools.size).toBe(3 * EACH);
});
