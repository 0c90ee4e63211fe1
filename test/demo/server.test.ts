import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readLines } from '../../src/demo/lines.ts';
import { serve } from '../../src/demo/server.ts';
import { TOOLS } from '../../src/demo/tools.ts';

const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
const SERVER = { 'io.modelcontextprotocol/serverInfo': { name: 'amazon-mq-sample', version: '1.0.0' } };

/** Sends the lines, closes the input and gives the lines that came back. */
async function talk(...lines: readonly (string | object)[]): Promise<unknown[]> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const served = serve(input, output);
  for (const line of lines) input.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  input.end();
  const answers: unknown[] = [];
  for await (const line of readLines(output)) answers.push(JSON.parse(line));
  await served;
  return answers;
}

function call(id: number, name: string, args: object = {}, meta?: object): object {
  const params = { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) };
  return { jsonrpc: '2.0', id, method: 'tools/call', params };
}

function text(id: number, value: unknown): object {
  return {
    jsonrpc: '2.0',
    id,
    result: { content: [{ type: 'text', text: JSON.stringify(value) }], isError: false },
  };
}

test.each([
  ['2024-11-05', '2024-11-05'],
  ['2025-03-26', '2025-03-26'],
  ['2025-06-18', '2025-06-18'],
  ['2025-11-25', '2025-11-25'],
  ['1999-01-01', '2025-11-25'],
  ['2026-07-28', '2025-11-25'],
])('answers an initialize that asks for %s with %s', async (asked, given) => {
  const answers = await talk(
    { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: asked, capabilities: {} } },
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    { jsonrpc: '2.0', id: 'p', method: 'ping' },
  );
  expect(answers).toEqual([
    {
      jsonrpc: '2.0',
      id: 0,
      result: {
        protocolVersion: given,
        capabilities: { tools: {} },
        serverInfo: { name: 'amazon-mq-sample', version: '1.0.0' },
        instructions: 'A sample of the Amazon MQ server for trying things out: nothing real is touched.',
      },
    },
    { jsonrpc: '2.0', id: 'p', result: {} },
  ]);
});

test('lists the forty tools of Amazon MQ and the one that creates an identity, each with its schema', async () => {
  const answers = await talk({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  expect(answers).toEqual([{ jsonrpc: '2.0', id: 1, result: { tools: TOOLS } }]);
  expect(TOOLS).toHaveLength(41);
  for (const tool of TOOLS) {
    expect(Object.keys(tool)).toEqual(['name', 'description', 'inputSchema']);
    expect(tool.description).not.toMatch(/<p>|^ {8}/m);
    expect(tool.inputSchema.type).toBe('object');
    expect(Object.keys(tool.inputSchema.properties)).toEqual(
      expect.arrayContaining([...(tool.inputSchema.required ?? [])]),
    );
  }
});

test.each(TOOLS.map(({ name, inputSchema }) => [name, inputSchema.required ?? []] as const))(
  'answers a call of %s',
  async (name, required) => {
    const args = Object.fromEntries(required.map((argument) => [argument, 'x']));
    const [answer] = await talk(call(1, name, args));
    expect(answer).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { content: [{ type: 'text', text: expect.any(String) }], isError: expect.any(Boolean) },
    });
  },
);

test('keeps what was created, changed and deleted, until it ends', async () => {
  const orders = 'b-4d1f0c52';
  const answers = await talk(
    call(1, 'delete_broker', { region: 'us-east-1', BrokerId: orders }),
    call(2, 'delete_broker', { region: 'us-east-1', BrokerId: orders }),
    call(3, 'list_brokers', { region: 'us-east-1' }),
    call(4, 'rabbitmq_broker_purge_queue', { queue: 'orders.new' }),
    call(5, 'rabbitmq_broker_get_queue_info', { queue: 'orders.new' }),
  );
  const broker = { BrokerState: 'RUNNING' };
  expect(answers).toEqual([
    text(1, { BrokerId: orders }),
    {
      jsonrpc: '2.0',
      id: 2,
      result: { content: [{ type: 'text', text: `no broker has the id "${orders}"` }], isError: true },
    },
    text(3, {
      BrokerSummaries: [
        {
          BrokerId: 'b-91c7e6aa',
          BrokerName: 'invoices',
          ...broker,
          EngineType: 'ACTIVEMQ',
        },
        {
          BrokerId: 'b-e25b83d4',
          BrokerName: 'staging',
          ...broker,
          EngineType: 'RABBITMQ',
        },
      ],
    }),
    text(4, 'queue orders.new is empty now'),
    text(5, { name: 'orders.new', vhost: '/', messages: 0 }),
  ]);
});

test('creates an identity once', async () => {
  const answers = await talk(
    call(1, 'identity_create_workload_identity', { name: 'orders-agent' }),
    call(2, 'identity_create_workload_identity', { name: 'orders-agent' }),
    call(3, 'identity_create_workload_identity'),
  );
  expect(answers).toEqual([
    text(1, {
      name: 'orders-agent',
      allowedResourceOauth2ReturnUrls: [],
      workloadIdentityArn: 'arn:aws:iam::123456789012:workload-identity/orders-agent',
    }),
    {
      jsonrpc: '2.0',
      id: 2,
      result: {
        content: [{ type: 'text', text: 'the workload identity "orders-agent" exists already' }],
        isError: true,
      },
    },
    {
      jsonrpc: '2.0',
      id: 3,
      result: { content: [{ type: 'text', text: 'missing arguments: name' }], isError: true },
    },
  ]);
});

test('serves requests of 2026-07-28 without a session', async () => {
  const answers = await talk(
    { jsonrpc: '2.0', id: 1, method: 'server/discover', params: { _meta: META } },
    { jsonrpc: '2.0', id: 2, method: 'tools/list', params: { _meta: META } },
    call(3, 'rabbitmq_broker_is_in_alarm', {}, META),
    { jsonrpc: '2.0', id: 4, method: 'ping', params: { _meta: META } },
  );
  expect(answers).toEqual([
    {
      jsonrpc: '2.0',
      id: 1,
      result: {
        resultType: 'complete',
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: {} },
        instructions: 'A sample of the Amazon MQ server for trying things out: nothing real is touched.',
        ttlMs: 60_000,
        cacheScope: 'public',
        _meta: SERVER,
      },
    },
    {
      jsonrpc: '2.0',
      id: 2,
      result: { resultType: 'complete', tools: TOOLS, ttlMs: 60_000, cacheScope: 'public', _meta: SERVER },
    },
    {
      jsonrpc: '2.0',
      id: 3,
      result: {
        resultType: 'complete',
        content: [{ type: 'text', text: 'false' }],
        isError: false,
        _meta: SERVER,
      },
    },
    { jsonrpc: '2.0', id: 4, error: { code: -32601, message: 'method not found: ping' } },
  ]);
});

test.each<[string, string | object, unknown]>([
  [
    'what is not JSON',
    '{"jsonrpc"',
    { id: null, error: { code: -32700, message: 'expected one JSON object on the line' } },
  ],
  ['a batch', '[]', { id: null, error: { code: -32700, message: 'expected one JSON object on the line' } }],
  [
    'an unknown method',
    { jsonrpc: '2.0', id: 1, method: 'resources/list' },
    { id: 1, error: { code: -32601, message: 'method not found: resources/list' } },
  ],
  [
    'an unknown tool',
    call(1, 'drop_everything'),
    { id: 1, error: { code: -32602, message: 'Unknown tool: drop_everything' } },
  ],
  [
    'an unknown version',
    call(1, 'list_brokers', {}, { 'io.modelcontextprotocol/protocolVersion': '2030-01-01' }),
    {
      id: 1,
      error: {
        code: -32022,
        message: 'unsupported protocol version',
        data: { supported: ['2026-07-28'], requested: '2030-01-01' },
      },
    },
  ],
])('refuses %s', async (_, line, answer) => {
  expect(await talk(line)).toEqual([{ jsonrpc: '2.0', ...(answer as object) }]);
});

test('says nothing to notifications, responses and blank lines', async () => {
  const lines = [
    { jsonrpc: '2.0', method: 'notifications/cancelled' },
    { jsonrpc: '2.0', id: 1, result: {} },
    '',
  ];
  expect(await talk(...lines)).toEqual([]);
});

test('ends quietly when nobody reads', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const served = serve(input, output);
  output.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  await expect(served).resolves.toBeUndefined();
});
