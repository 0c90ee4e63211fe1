import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleFixtures } from '../../helpers/bundle.ts';
import { createHome } from '../../helpers/limit-folder.ts';

const fixtures = bundleFixtures('counting-guard');

interface Race {
  readonly max: number;
  readonly windowMs: number;
  /** That each guard tries. */
  readonly calls: number;
}

/** Runs a guard; killed so many ms after it has begun, where a number is given. Gives what it said against it. */
async function run(
  home: string,
  { max, windowMs, calls }: Race,
  killAfterMs: number | null,
): Promise<string> {
  const args = [fixtures.path('counting-guard'), max, windowMs, calls, join(home, 'out')].map(String);
  const child = spawn(process.execPath, args, {
    env: { ...process.env, MCP_GUARD_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  if (killAfterMs !== null)
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), killAfterMs));
  await new Promise<void>((resolve) => child.once('close', () => resolve()));
  return said;
}

/** When calls were forwarded, ascending; the line of a guard that was killed may be torn. */
function readForwarded(home: string): number[] {
  return readFileSync(join(home, 'out'), 'utf8')
    .trim()
    .split('\n')
    .map(Number)
    .sort((a, b) => a - b);
}

function startOut(): string {
  const home = createHome();
  writeFileSync(join(home, 'out'), '');
  return home;
}

test('four guards that are killed at any moment never forward more than max, and lose no room', async () => {
  const home = startOut();
  const race: Race = { max: 6000, windowMs: 86_400_000, calls: 10_000_000 };
  let killed = 0;
  const runAndKill = async (guard: number) => {
    for (let round = 0; round < 6; round++) {
      killed++;
      expect(await run(home, race, (guard * 37 + round * 61) % 97)).toBe('');
    }
  };
  await Promise.all([0, 1, 2, 3].map(runAndKill));
  const before = readForwarded(home).length;
  // What dead guards held is given back, so that the last one can take all that is left.
  expect(await run(home, { ...race, calls: 20_000 }, null)).toBe('');
  const forwarded = readForwarded(home).length;
  expect(before).toBeGreaterThan(0);
  expect(forwarded).toBeLessThanOrEqual(race.max);
  // A kill may fall between a call that was counted and its line, and three wait in the last one.
  expect(forwarded).toBeGreaterThanOrEqual(race.max - killed - 3);
}, 60_000);

test('four guards together never forward more than max within any window', async () => {
  const home = startOut();
  const race: Race = { max: 300, windowMs: 100, calls: 5000 };
  const said = await Promise.all([0, 1, 2, 3].map(async () => run(home, race, null)));
  expect(said).toEqual(['', '', '', '']);
  const times = readForwarded(home);
  const early = times.flatMap((time, index) => {
    const later = times[index + race.max];
    return later === undefined || later - time >= race.windowMs ? [] : [later - time];
  });
  expect(early).toEqual([]);
  expect(times.length).toBeGreaterThan(race.max);
}, 60_000);
