import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Listing } from '../../src/catalogue/listing.ts';
import { renderError } from '../../src/errors.ts';
import { askTools } from '../../src/relay/ask-tools.ts';
import { createFakeIo, type FakeIo } from '../helpers/fake-io.ts';
import { fixture, gone } from '../helpers/guard.ts';

const none = { readOnly: null, destructive: null };

function createIo(): FakeIo {
  const kill: FakeIo['kill'] = (pid, signal) => {
    try {
      return process.kill(pid, signal);
    } catch {
      return false;
    }
  };
  return { ...createFakeIo('/'), kill, now: () => performance.now() };
}

function ask(args: readonly string[], io = createIo(), timeoutMs = 20_000): Promise<Listing> {
  return askTools([process.execPath, fixture('listing-server.js'), ...args], io, { timeoutMs });
}

async function failure(args: readonly string[], timeoutMs?: number): Promise<string> {
  return ask(args, createIo(), timeoutMs).then(
    () => 'it listed its tools',
    (error: unknown) => renderError(error),
  );
}

function write(tools: readonly object[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-guard-listing-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'tools.json'), JSON.stringify(tools));
  return join(folder, 'tools.json');
}

describe('a server', () => {
  test('of the older era lists its tools, schemas as it wrote them', async () => {
    const file = write([
      {
        name: 'pay',
        title: 'Pay',
        description: 'Pays',
        inputSchema: { type: 'object', properties: { amount: { maximum: 1e3 } } },
        annotations: { readOnlyHint: false, destructiveHint: true },
      },
    ]);
    expect(await ask(['plain', file])).toEqual({
      server: { name: 'listing', version: '1.2.3' },
      protocolVersion: '2025-11-25',
      tools: [
        {
          name: 'pay',
          title: 'Pay',
          description: 'Pays',
          inputSchema: Buffer.from('{"type":"object","properties":{"amount":{"maximum":1000}}}'),
          annotations: { readOnly: false, destructive: true },
        },
      ],
      warnings: [],
    });
  });

  test('of the newer era is asked in its own', async () => {
    const io = createIo();
    const listing = await askTools([process.execPath, fixture('modern-server.js')], io, {
      timeoutMs: 20_000,
    });
    expect(listing.protocolVersion).toBe('2026-07-28');
    expect(listing.tools.map(({ name }) => name)).toEqual(['add', 'deploy', 'steps', 'wait']);
  });

  test('may hand them out page by page', async () => {
    const file = write(['a', 'b', 'c'].map((name) => ({ name, inputSchema: { type: 'object' } })));
    const { tools } = await ask(['pages', file]);
    expect(tools.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  test('that does not survive the question of the newer era is started again', async () => {
    expect((await ask(['dies-when-probed'])).tools.map(({ name }) => name)).toEqual(['one']);
  });

  test('with no tools lists none', async () => {
    expect(await ask(['toolless'])).toMatchObject({
      tools: [],
      warnings: ['the server says that it has no tools'],
    });
  });

  test('that writes other things on its stdout is heard all the same', async () => {
    expect((await ask(['noise'])).warnings).toEqual(['2 lines on its stdout are no JSON-RPC']);
  });

  test('with odd definitions keeps what can be read of them', async () => {
    const schema = Buffer.from('{"type":"object"}');
    const tool = { title: null, description: null, inputSchema: schema, annotations: none };
    expect(await ask(['odd'])).toMatchObject({
      tools: [
        { ...tool, name: 'twice' },
        { ...tool, name: 'a b' },
        { ...tool, name: 'bare', inputSchema: null, annotations: { readOnly: null, destructive: true } },
      ],
      warnings: [
        '1 of its tools has no name',
        'the tool "twice" is listed twice; the first one counts here',
        'the tool "a b" can never be called through mcp-guard: its name is no tool name',
      ],
    });
  });

  test('has its words passed on and is gone afterwards', async () => {
    const io = createIo();
    await askTools([process.execPath, fixture('server.js'), 'deaf-to-term', 'with-child'], io, {
      timeoutMs: 20_000,
    });
    const pids = [...io.written.stderr.matchAll(/^(?:pid|child) (\d+)$/gm)].map(([, pid]) => Number(pid));
    expect(pids).toHaveLength(2);
    await Promise.all(pids.map(gone));
  });
});

describe('what went wrong is told when a server', () => {
  test.each([
    ['exits', 'the server ended before it had listed its tools: exit code 3'],
    ['exits-later', 'the server ended before it had listed its tools: signal SIGKILL'],
    ['unwilling', 'the server\'s answer to the first request is of no use: "not today"'],
    ['refuses', 'the server\'s answer to tools/list is of no use: "boom \\x1b[2J"'],
    ['nonsense', 'the answer to tools/list holds no list of tools'],
    ['loop', 'the list of tools has no end: 1 tools on 2 pages, and one more is announced'],
    ['endless', 'the list of tools has no end: 201 tools on 201 pages, and one more is announced'],
  ])('%s', async (manner, words) => {
    expect(await failure([manner])).toContain(`mcp-guard: error: ${words}\n`);
  });

  test('is silent', async () => {
    expect(await failure(['silent'], 600)).toContain(
      'mcp-guard: error: the server did not answer the first request within 0.6 s\nmcp-guard: hint: ',
    );
    expect(await failure(['late'], 600)).toContain('the server did not answer tools/list within 0.6 s');
  });

  test('cannot be started', async () => {
    await expect(askTools(['/no/such/command'], createIo(), { timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'command_not_found',
    });
    await expect(askTools(['/etc/passwd'], createIo(), { timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'command_not_executable',
    });
  });
});
