import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, test } from 'vitest';
import { BIN, fixture, makeHome } from '../helpers/guard.ts';
import { connectLegacy } from '../helpers/legacy-peer.ts';

const MODERN = [process.execPath, fixture('modern-server.js')];
const EVERYTHING = [
  process.execPath,
  join(import.meta.dirname, '../../node_modules/@modelcontextprotocol/server-everything/dist/index.js'),
  'stdio',
];
const PIN = { pin: '2026-07-28' };

type Mode = 'legacy' | 'auto' | { pin: string };

interface Options {
  readonly mode: Mode;
  readonly command: readonly string[];
  readonly home: string | null;
}

async function connect({ mode, command, home }: Options): Promise<{ client: Client; heard: string[] }> {
  const heard: string[] = [];
  const client = new Client(
    { name: 'peer', version: '1' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode } },
  );
  client.setRequestHandler('elicitation/create', ({ params }) => {
    heard.push(`elicitation ${params.message}`);
    return { action: 'accept', content: { confirm: true } };
  });
  const [file = '', ...args] = home === null ? command : [process.execPath, BIN, 'run', '--', ...command];
  const env = {
    ...(process.env as Record<string, string>),
    ...(home === null ? {} : { MCP_GUARD_HOME: home }),
  };
  await client.connect(new StdioClientTransport({ command: file, args, env, stderr: 'ignore' }));
  return { client, heard };
}

async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return JSON.parse(JSON.stringify(await work())) as unknown;
  } catch (error) {
    return `error: ${String(error)}`;
  }
}

async function play(options: Options): Promise<Record<string, unknown>> {
  const { client, heard } = await connect(options);
  const told: Record<string, unknown> = {};
  const tell = async (name: string, work: () => Promise<unknown>): Promise<void> =>
    void (told[name] = await outcome(work));
  const call = (name: string, args: Record<string, unknown> = {}): Promise<unknown> =>
    client.callTool({ name, arguments: args });
  await tell('tools', () => client.listTools());
  await tell('resources', () => client.listResources());
  await tell('prompts', () => client.listPrompts());
  await tell('add', () => call('add', { a: 1, b: 2 }));
  await tell('echo', () => call('echo', { message: 'hi' }));
  await tell('wrong arguments', () => call('add', { a: 'x' }));
  await tell('no tool', () => call('nothing'));
  await tell('deploy', () => call('deploy', { env: 'prod' }));
  const progress: unknown[] = [];
  const onprogress = (step: unknown): void => void progress.push(step);
  await tell('steps', () => client.callTool({ name: 'steps', arguments: { steps: 3 } }, { onprogress }));
  await tell('resource', () => client.readResource({ uri: 'note://one' }));
  await tell('prompt', () => client.getPrompt({ name: 'greet', arguments: { name: 'Ada' } }));
  const stopped = new AbortController();
  const waiting = outcome(() => client.callTool({ name: 'wait', arguments: {} }, { signal: stopped.signal }));
  await tell('meanwhile', () => call('add', { a: 2, b: 2 }));
  stopped.abort('enough');
  told['cancelled'] = await waiting;
  await tell('after', () => call('add', { a: 3, b: 3 }));
  await client.close();
  return { ...told, heard };
}

describe('the official client of the modern era, through the guard as without it,', () => {
  test.each([
    ['pinned to 2026-07-28, with a modern server', PIN, MODERN],
    ['negotiating, with a modern server', 'auto', MODERN],
    ['as a legacy client, with a modern server', 'legacy', MODERN],
    ['negotiating, with server-everything', 'auto', EVERYTHING],
  ] as const)('works %s', async (_, mode, command) => {
    const direct = await play({ mode, command, home: null });
    const guarded = await play({ mode, command, home: makeHome('version: 1\ndefault: allow\n') });
    expect(guarded).toEqual(direct);
    const sum = command === MODERN ? guarded['add'] : guarded['echo'];
    expect(sum).toMatchObject({ content: [{ type: 'text' }] });
    if (command === MODERN)
      expect(guarded['deploy']).toMatchObject({ content: [{ text: 'deployed to prod' }] });
  });

  test('each round of a call that needs input is a call of its own: a limit of one lets the question through and not the answer', async () => {
    const home = makeHome(
      'version: 1\ndefault: allow\ntools: { deploy: { action: allow, rate_limit: 1/hour } }\n',
    );
    const { client, heard } = await connect({ mode: PIN, command: MODERN, home });
    const answer = await client.callTool({ name: 'deploy', arguments: { env: 'prod' } });
    expect(heard).toEqual(['elicitation Deploy to prod?']);
    expect(answer).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('limit of 1 call') as string }],
    });
    await client.close();
  });

  test('reads a denial as an ordinary result, and a hidden tool as an unknown one', async () => {
    const home = makeHome(
      'version: 1\ndefault: allow\ntools: { add: { action: deny, reason: No sums }, wait: { action: deny, hide: true } }\n',
    );
    const { client } = await connect({ mode: PIN, command: MODERN, home });
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['add', 'deploy', 'steps']);
    expect(await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('mcp-guard did not run add. No sums.') as string }],
    });
    await expect(client.callTool({ name: 'wait', arguments: {} })).rejects.toThrow('Unknown tool: wait');
    await client.close();
  });
});

test('the official client of the legacy era works through the guard with a modern server', async () => {
  const { client } = await connectLegacy({ command: MODERN, home: makeHome('version: 1\ndefault: allow\n') });
  expect(await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })).toMatchObject({
    content: [{ text: '3' }],
  });
  await client.close();
});
