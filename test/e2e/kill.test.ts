import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLines } from '../../src/audit/read/read-lines.ts';
import { verifyLogs } from '../../src/audit/read/verify-logs.ts';
import { BIN, fixture, Guard, gone, makeHome, readWholeLog } from '../helpers/guard.ts';

/** KILL_ROUNDS=1000 KILL_SEED=7 npx vitest run --project e2e test/e2e/kill.test.ts */
const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 25);
const SEED = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);
const AT_ONCE = 4;
const IN_FLIGHT = 40;
/** From the first answer on. */
const LONGEST_LIFE_MS = 60;
const OVER = { own: '', isGone: () => true };

test(
  `of ${ROUNDS} guards that are killed under load every call that the server got is in the log`,
  { timeout: 1_800_000 },
  async () => {
    const home = makeHome('version: 1\ndefault: allow\n');
    const record = join(home, 'received');
    const random = createRandom(SEED);
    for (let round = 0; round < ROUNDS; round += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, ROUNDS - round) }, (_, index) => round + index);
      await Promise.all(
        some.map(async (one) => killUnderLoad(home, record, one, random() * LONGEST_LIFE_MS)),
      );
    }

    const received = readFileSync(record, 'utf8').split('\n').filter(Boolean);
    const logged = new Set<unknown>();
    const folder = join(home, 'state', 'audit');
    let torn = 0;
    for (const name of readdirSync(folder)) {
      for (const { bytes, isTorn } of readLines(join(folder, name))) {
        if (isTorn) torn++;
        else {
          const { event, id } = JSON.parse(bytes.toString()) as { event: string; id: unknown };
          if (event === 'call') logged.add(id);
        }
      }
    }
    const paths = readdirSync(folder).map((name) => join(folder, name));
    const found = [...verifyLogs(paths, { owners: OVER, time: Date.now() })];
    const told = `seed ${SEED}: ${received.length} received, ${logged.size} logged, ${paths.length} files, ${torn} torn`;
    process.stderr.write(`${told}\n`);
    expect(received.filter((id) => !logged.has(id))).toEqual([]);
    const problems = found.flatMap(({ damage, problems: others }) => [damage ?? [], ...others].flat());
    expect(problems.filter((one) => typeof one === 'string' || one.kind !== 'cut')).toEqual([]);
    expect(torn).toBeLessThanOrEqual(paths.length);
    expect(received.length).toBeGreaterThan(ROUNDS);
  },
);

/** Starts a guard, keeps calls in flight, and kills it so many ms after its first answer. */
async function killUnderLoad(home: string, record: string, round: number, lifeMs: number): Promise<void> {
  const server = [process.execPath, fixture('recording-server.js'), record];
  const guard = spawn(process.execPath, [BIN, 'run', '--name', 'rec', '--', ...server], {
    env: { ...process.env, MCP_GUARD_HOME: home },
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  guard.stdin.on('error', () => {});
  let next = 0;
  const call = (): void => {
    const params = { name: 'echo', arguments: { text: 'x'.repeat(next % 300) } };
    guard.stdin.write(
      `${JSON.stringify({ jsonrpc: '2.0', id: `${round}-${next++}`, method: 'tools/call', params })}\n`,
    );
  };
  for (let index = 0; index < IN_FLIGHT; index++) call();
  await once(guard.stdout, 'data');
  guard.stdout.on('data', (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 0x0a) call();
  });
  await new Promise((resolve) => setTimeout(resolve, lifeMs));
  guard.kill('SIGKILL');
  await once(guard, 'close');
}

/** The same numbers for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test('two guards of one server at once each write a file of their own, and the next one names both', async () => {
  const home = makeHome('version: 1\ndefault: allow\n');
  const options = ['--name', 'mq'];
  const command = [process.execPath, fixture('server.js')];
  const start = (): Guard => new Guard({ home, options, command });
  const guards = [start(), start()];
  for (let id = 0; id < 50; id++) {
    for (const guard of guards) guard.call(id, 'echo', { text: 'x' });
  }
  for (const guard of guards) await guard.answer(49);
  for (const guard of guards) guard.end();
  for (const guard of guards) expect(await guard.exit).toBe(0);

  const third = start();
  third.call(1, 'echo', { text: 'x' });
  await third.answer(1);
  third.end();
  await third.exit;
  const starts = readWholeLog(home).filter(({ event }) => event === 'start');
  const last = starts.find(({ previous }) => Array.isArray(previous) && previous.length === 2);
  expect(last?.['previous']).toMatchObject([
    { seq: 101, cut: 0 },
    { seq: 101, cut: 0 },
  ]);
  const folder = join(home, 'state', 'audit');
  const paths = readdirSync(folder).map((name) => join(folder, name));
  const found = [...verifyLogs(paths, { owners: OVER, time: Date.now() })];
  expect(found.map(({ damage, problems, notes }) => [damage, problems, notes])).toEqual(
    paths.map(() => [null, [], []]),
  );
  expect(existsSync(join(home, 'state', 'audit.key'))).toBe(true);
  await gone(third.child.pid ?? 0);
});
