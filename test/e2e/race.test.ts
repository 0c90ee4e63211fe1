import { expect, test } from 'vitest';
import { fixture, Guard, makeHome, readLog, textOf } from '../helpers/guard.ts';
import { NO, TestConsole, YES } from '../helpers/console.ts';

/** A small generator of its own, so that a run that fails can be had again. */
function createDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const POLICY = `version: 1
approval: { channels: [console], timeout: 1s }
tools: { received: allow }
`;

test('thousands of calls with answers, cancels and time-outs at random moments: each runs at most once, and only for its yes', async () => {
  const seed = Number(process.env['RACE_SEED'] ?? Date.now() % 1_000_000);
  const total = Number(process.env['RACE_CALLS'] ?? 3_000);
  const dice = createDice(seed);
  const home = makeHome(POLICY);
  const guard = new Guard({ home, command: [process.execPath, fixture('server.js')] });
  guard.send({ jsonrpc: '2.0', id: 'i', method: 'initialize', params: { protocolVersion: '2025-06-18' } });
  await guard.answer('i');
  const consoles = await Promise.all([TestConsole.connect(home), TestConsole.connect(home)]);
  await Promise.all(consoles.map((each) => each.until(() => each.messages.length > 0)));

  const said = { yes: new Set<string>(), no: new Set<string>() };
  const cancelled = new Set<number>();
  for (const console of consoles) {
    console.onQuestion = (seen) => {
      const roll = dice();
      if (roll < 0.35) {
        said.yes.add(seen.listed.key);
        void seen.answer(YES);
      } else if (roll < 0.55) {
        said.no.add(seen.listed.key);
        void seen.answer(NO);
      } else if (roll < 0.65) {
        // Of something else than what was shown.
        const { link, listed } = seen;
        link.send({ kind: 'answer', key: listed.key, digest: '0'.repeat(64), choice: YES });
      }
    };
  }

  let next = 0;
  const counts = new Map<string, number>();
  const settle = async (id: number): Promise<void> => {
    const answer = await Promise.race([
      guard.answer(id),
      new Promise<null>((resolve) => cancels.set(id, () => resolve(null))),
    ]);
    cancels.delete(id);
    const decision = answer?.result?.['_meta'] as Record<string, { code: string }> | undefined;
    const code = answer === null ? 'cancelled' : (decision?.['io.github.mcp-guard/decision']?.code ?? 'ran');
    counts.set(code, (counts.get(code) ?? 0) + 1);
  };
  const cancels = new Map<number, () => void>();
  const work = async (): Promise<void> => {
    while (next < total) {
      const id = next++;
      guard.call(id, 'echo', { n: id });
      const settled = settle(id);
      if (dice() < 0.25) {
        // At a moment of its own: before the answer, with it, or behind it.
        for (let turns = Math.floor(dice() * 6); turns > 0; turns--)
          await new Promise((resolve) => setImmediate(resolve));
        guard.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
        cancelled.add(id);
        cancels.get(id)?.();
      }
      await settled;
    }
  };
  await Promise.all(Array.from({ length: 30 }, work));

  guard.call('received', 'received');
  const received = JSON.parse(textOf(await guard.answer('received'))) as string[];
  const ran = received
    .map((line) => JSON.parse(line) as { method: string; params: { name: string; arguments: { n: number } } })
    .filter(({ method, params }) => method === 'tools/call' && params.name === 'echo')
    .map(({ params }) => params.arguments.n);
  guard.end();
  await guard.exit;

  const log = readLog(home).filter(({ event, tool }) => event === 'call' && tool === 'echo');
  const approved = log.filter(({ code }) => code === 'approved').map(({ id }) => id as number);
  const summary = {
    seed,
    total,
    ...Object.fromEntries(counts),
    ran: ran.length,
    yes: said.yes.size,
    no: said.no.size,
  };
  process.stderr.write(`${JSON.stringify(summary)}\n`);
  expect(new Set(ran).size, 'no call ran twice').toBe(ran.length);
  // Every call that ran is in the log as approved, and nothing else ran.
  expect([...ran].sort((a, b) => a - b)).toEqual(approved.sort((a, b) => a - b));
  expect(ran.length).toBeLessThanOrEqual(said.yes.size);
  expect(log).toHaveLength(total);
  expect(ran.length).toBeGreaterThan(total / 10);
  expect(counts.get('approval_timeout')).toBeGreaterThan(0);
  expect(counts.get('approval_denied')).toBeGreaterThan(0);
  expect(counts.get('cancelled')).toBeGreaterThan(0);
}, 240_000);
