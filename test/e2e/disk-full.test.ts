import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fixture, Guard, makeHome, readLog, readWholeLog } from '../helpers/guard.ts';

/** Only root may mount; elsewhere a log folder that cannot be made stands for a full disk (life.test.ts). */
const isRoot = process.getuid?.() === 0 && process.platform === 'linux';

test.skipIf(!isRoot)(
  'a full disk refuses calls, leaves no torn line behind, and calls run again when there is room',
  async () => {
    const home = makeHome('version: 1\ndefault: allow\n');
    const state = join(home, 'state');
    mkdirSync(state, { mode: 0o700 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', state]);
    const guard = new Guard({ home, command: [process.execPath, fixture('server.js')] });
    onTestFinished(async () => {
      guard.child.kill('SIGKILL');
      await guard.exit;
      execFileSync('umount', ['-l', state]);
    });
    const code = async (id: number): Promise<unknown> => {
      guard.call(id, 'echo', { text: 'x'.repeat(3_000) });
      const { result } = await guard.answer(id);
      const meta = result?.['_meta'] as Record<string, { code: string }> | undefined;
      return meta?.['io.github.mcp-guard/decision']?.code ?? 'ran';
    };

    const outcomes: unknown[] = [];
    for (let id = 0; id < 40; id++) outcomes.push(await code(id));
    expect(new Set(outcomes)).toEqual(new Set(['ran', 'audit_unavailable']));
    expect(outcomes.at(-1)).toBe('audit_unavailable');

    const ran = outcomes.filter((outcome) => outcome === 'ran').length;
    const folder = join(state, 'audit');
    const [name = ''] = readdirSync(folder);
    expect(readFileSync(join(folder, name), 'utf8').endsWith('}\n')).toBe(true);
    expect(readLog(home)).toHaveLength(ran);

    // Room is made by hand in the same file, as a person would by emptying it.
    writeFileSync(join(folder, name), '');
    rmSync(join(folder, name));
    expect(await code(100)).toBe('ran');
    const refused = outcomes.length - ran;
    expect(readWholeLog(home).filter(({ event }) => event !== 'result')).toMatchObject([
      { event: 'start', part: 2 },
      { event: 'gap', calls: refused, reason: expect.stringContaining('ENOSPC') as string },
      { event: 'call', code: 'allowed' },
    ]);
  },
);

test.skipIf(!isRoot)(
  'a folder that turns read-only refuses calls, lets everything else flow, and is written to again when it can be',
  async () => {
    const home = makeHome('version: 1\ndefault: allow\n');
    const state = join(home, 'state');
    mkdirSync(state, { mode: 0o700 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=700', 'tmpfs', state]);
    const guard = new Guard({ home, command: [process.execPath, fixture('server.js')] });
    onTestFinished(async () => {
      guard.child.kill('SIGKILL');
      await guard.exit;
      execFileSync('umount', ['-l', state]);
    });
    // No file is open yet: one that is keeps a mount from being made read-only.
    guard.send({ jsonrpc: '2.0', id: 'before', method: 'tools/list' });
    await guard.answer('before');
    execFileSync('mount', ['-o', 'remount,ro', state]);
    guard.call(1, 'echo', { text: 'x' });
    expect(JSON.stringify(await guard.answer(1))).toContain('audit_unavailable');
    guard.send({ jsonrpc: '2.0', id: 'list', method: 'tools/list' });
    expect((await guard.answer('list')).result).toBeDefined();
    execFileSync('mount', ['-o', 'remount,rw', state]);
    guard.call(2, 'echo', { text: 'x' });
    expect(JSON.stringify(await guard.answer(2))).not.toContain('audit_unavailable');
    expect(readLog(home)).toMatchObject([
      { event: 'gap', calls: 1, reason: expect.stringContaining('EROFS') as string },
      { event: 'call', id: 2 },
    ]);
  },
);
