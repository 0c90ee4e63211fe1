import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BIN, fixture, Guard, makeHome, readLog, textOf } from '../helpers/guard.ts';

const POLICY = 'version: 1\napproval: { channels: [client] }\n';

type Reply = {
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly content?: Record<string, string | boolean>;
};

/** How each of the official clients puts a question before its person, and what that one answers. */
interface Peer {
  readonly heard: string[];
  call(name: string, args?: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

interface PeerOptions {
  readonly home: string;
  readonly server: string;
  /** By what the dialog says first. */
  readonly reply: (message: string) => Reply;
}

const APPROVE: Reply = { action: 'accept', content: { decision: 'approve' } };
const read = (result: unknown): string => (result as { content: { text: string }[] }).content[0]?.text ?? '';
const parametersOf = ({ home, server }: PeerOptions) => ({
  command: process.execPath,
  args: [BIN, 'run', '--name', 'mq', '--', process.execPath, fixture(server)],
  env: { ...(process.env as Record<string, string>), MCP_GUARD_HOME: home },
  stderr: 'ignore' as const,
});

async function connectLegacy(options: PeerOptions): Promise<Peer> {
  const heard: string[] = [];
  const client = new LegacyClient({ name: 'peer', version: '1' }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    heard.push(params.message);
    return options.reply(params.message);
  });
  await client.connect(new LegacyTransport(parametersOf(options)));
  const peer: Peer = {
    heard,
    call: async (name, args = {}) => read(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
  onTestFinished(() => peer.close());
  return peer;
}

async function connectModern(options: PeerOptions): Promise<Peer> {
  const heard: string[] = [];
  const client = new Client(
    { name: 'peer', version: '1' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  client.setRequestHandler('elicitation/create', ({ params }) => {
    heard.push(params.message);
    return options.reply(params.message);
  });
  await client.connect(new StdioClientTransport(parametersOf(options)));
  const peer: Peer = {
    heard,
    call: async (name, args = {}) => read(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
  onTestFinished(() => peer.close());
  return peer;
}

describe.each([
  ['the official client of the legacy era', connectLegacy],
  ['the official client of 2026-07-28', connectModern],
])('%s', (_, connect) => {
  const start = (reply: Reply, home: string): Promise<Peer> =>
    connect({ home, server: 'modern-server.js', reply: () => reply });

  test('asks its person, whose choice to approve runs the call', async () => {
    const home = makeHome(POLICY);
    const peer = await start(APPROVE, home);
    expect(await peer.call('add', { a: 1, b: 2 })).toBe('3');
    expect(peer.heard).toEqual([
      'mcp-guard: run add on mq?\nWhat it does: write, medium risk: the verb "add" makes something new\nRule: default\narguments:\n| a: 1\n| b: 2',
    ]);
    await peer.close();
    const calls = readLog(home).filter(({ event }) => event === 'call');
    expect(calls).toMatchObject([{ tool: 'add', verdict: 'allow', code: 'approved', approver: 'client' }]);
  });

  test.each<[string, Reply, string]>([
    ['denies', { action: 'accept', content: { decision: 'deny' } }, 'A person was asked and said no.'],
    ['declines', { action: 'decline' }, 'A person was asked and said no.'],
    ['dismisses it', { action: 'cancel' }, 'the client answered without a choice of a person'],
  ])('whose person %s does not run it', async (_, reply, words) => {
    const peer = await start(reply, makeHome(POLICY));
    expect(await peer.call('add', { a: 1, b: 2 })).toContain(words);
  });

  test('asks for each of several calls that come at once', async () => {
    const peer = await start(APPROVE, makeHome(POLICY));
    const sums = await Promise.all([1, 2, 3, 4].map((a) => peer.call('add', { a, b: 10 })));
    expect(sums).toEqual(['11', '12', '13', '14']);
    expect(peer.heard).toHaveLength(4);
  });
});

test('a client that accepts every dialog unread does not pass, in either era', async () => {
  const home = makeHome(POLICY);
  for (const connect of [connectLegacy, connectModern]) {
    const peer = await connect({
      home,
      server: 'modern-server.js',
      reply: () => ({ action: 'accept', content: {} }),
    });
    const said = await peer.call('add', { a: 1, b: 2 }).catch(String);
    expect(said).not.toBe('3');
    await peer.close();
  }
  expect(readLog(home).filter(({ verdict }) => verdict === 'allow')).toEqual([]);
});

test('a client that checks nothing, and accepts by itself, does not pass either', async () => {
  const guard = new Guard({ home: makeHome(POLICY), command: [process.execPath, fixture('server.js')] });
  const version = '2025-06-18';
  const params = { protocolVersion: version, capabilities: { elicitation: {} } };
  guard.send({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
  await guard.answer(0);
  guard.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  guard.call(1, 'echo');
  const dialog = await guard.message(({ method }) => method === 'elicitation/create');
  guard.send({ jsonrpc: '2.0', id: dialog.id, result: { action: 'accept', content: {} } });
  expect(textOf(await guard.answer(1))).toContain('the client answered without a choice of a person');
  guard.call(2, 'echo', { n: 2 });
  const other = await guard.message(({ method, id }) => method === 'elicitation/create' && id !== dialog.id);
  // The id of another dialog answers nothing.
  guard.send({
    jsonrpc: '2.0',
    id: dialog.id,
    result: { action: 'accept', content: { decision: 'approve' } },
  });
  guard.send({ jsonrpc: '2.0', id: other.id, result: { action: 'accept', content: { decision: 'deny' } } });
  expect(textOf(await guard.answer(2))).toContain('A person was asked and said no.');
  guard.end();
  await guard.exit;
});

test('what the server itself asks before it is done belongs to the same yes', async () => {
  const home = makeHome(POLICY);
  const reply = (message: string): Reply =>
    message.startsWith('mcp-guard') ? APPROVE : { action: 'accept', content: { confirm: true } };
  const peer = await connectModern({ home, server: 'modern-server.js', reply });
  expect(await peer.call('deploy', { env: 'prod' })).toBe('deployed to prod');
  expect(peer.heard.map((message) => message.split('\n')[0])).toEqual([
    'mcp-guard: run deploy on mq?',
    'Deploy to prod?',
  ]);
});
