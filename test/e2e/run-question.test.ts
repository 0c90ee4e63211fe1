import { expect, test } from 'vitest';
import { makeHome, readLog, textOf } from '../helpers/guard.ts';
import { TerminalGuard } from '../helpers/terminal-guard.ts';

const POLICY = `version: 1
default: require_approval
approval: { timeout: 20s }
tools:
  received: allow
  read: allow
  hasty: { action: require_approval, approval: { timeout: 1s } }
`;
const QUESTION = 'mcp-guard: run make on mq?';

/** What reached the server: the tools of the calls it got, in order. */
async function reached(guard: TerminalGuard, id: number): Promise<string[]> {
  guard.call(id, 'received');
  const lines = JSON.parse(textOf(await guard.answer(id))) as string[];
  return lines
    .map((line) => (JSON.parse(line) as { params?: { name?: string } }).params?.name ?? '')
    .filter(Boolean);
}

test('a yes lets exactly the held call through, while others flowed', async () => {
  const guard = new TerminalGuard(makeHome(POLICY));
  guard.call(1, 'make', { name: 'ci' });
  await guard.terminal.waitFor('│ name: "ci"');
  guard.call(2, 'read', { a: 1 });
  expect(textOf(await guard.answer(2))).toBe('{"a":1}');
  expect(guard.has(1)).toBe(false);
  await guard.terminal.press('y', 'mcp-guard: allowed once: make');
  expect(textOf(await guard.answer(1))).toBe('{"name":"ci"}');
  expect(await reached(guard, 3)).toEqual(['read', 'make', 'received']);
  guard.end();
  expect(await guard.terminal.exit).toBe(0);
});

test('a call that the client cancels is withdrawn: a late yes runs nothing', async () => {
  const home = makeHome(POLICY);
  const guard = new TerminalGuard(home);
  guard.call(1, 'make');
  await guard.terminal.waitFor(QUESTION);
  guard.send({ method: 'notifications/cancelled', params: { requestId: 1 } });
  await guard.terminal.waitFor('the client gave the call up');
  guard.terminal.type('y');
  expect(await reached(guard, 2)).toEqual(['received']);
  expect(guard.has(1)).toBe(false);
  guard.end();
  await guard.terminal.exit;
  expect(readLog(home)).toMatchObject([
    { code: 'cancelled', verdict: 'deny' },
    { code: 'allowed' },
    { event: 'end' },
  ]);
});

test('nobody answers in time: refused, and the next question comes', async () => {
  const guard = new TerminalGuard(makeHome(POLICY));
  guard.call(1, 'hasty');
  guard.call(2, 'make');
  expect(await guard.answer(1)).toMatchObject({
    result: { _meta: { 'io.github.mcp-guard/decision': { code: 'approval_timeout' } } },
  });
  await guard.terminal.press('n', 'mcp-guard: refused: make');
  expect(await guard.answer(2)).toMatchObject({
    result: { _meta: { 'io.github.mcp-guard/decision': { code: 'approval_denied' } } },
  });
  expect(await reached(guard, 3)).toEqual(['received']);
  guard.end();
  await guard.terminal.exit;
});

test('the end of the client withdraws the question and ends the run', async () => {
  const home = makeHome(POLICY);
  const guard = new TerminalGuard(home);
  guard.call(1, 'make');
  await guard.terminal.waitFor(QUESTION);
  guard.end();
  expect(await guard.terminal.exit).toBe(0);
  expect(readLog(home)).toMatchObject([{ code: 'cancelled', tool: 'make' }, { event: 'end' }]);
});

test('s answers for the tool and e for exactly this call, as long as the session lasts', async () => {
  const home = makeHome(POLICY);
  const guard = new TerminalGuard(home);
  guard.call(1, 'make', { a: 1 });
  await guard.terminal.waitFor(QUESTION);
  await guard.terminal.press('e', 'allowed, exactly so');
  await guard.answer(1);
  guard.call(2, 'make', { a: 1 });
  await guard.answer(2);
  guard.call(3, 'make', { a: 2 });
  await guard.terminal.waitFor('│ a: 2');
  await guard.terminal.press('s', 'allowed for this session');
  await guard.answer(3);
  guard.call(4, 'make', { a: 3 });
  await guard.answer(4);
  guard.end();
  await guard.terminal.exit;
  const codes = readLog(home).flatMap(({ code }) => code ?? []);
  expect(codes).toEqual(['approved', 'granted', 'approved', 'granted']);
});
