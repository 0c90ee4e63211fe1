import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, test } from 'vitest';
import type { Action } from '../../../src/policy/policy.ts';
import { scanFile, scanTools } from './scans.ts';
import { decideAll, hold } from './written.ts';

describe('real servers', () => {
  test('allows reads of Amazon MQ, asks about changes, and denies deletions', () => {
    const scan = scanFile('src/demo/amazon-mq-tools.json', 'awslabs.amazon-mq-mcp-server');
    expect(hold(scan)).toEqual([]);
    const verdicts = decideAll(scan);
    const list = (verdict: Action): string[] =>
      Object.keys(verdicts).filter((name) => verdicts[name] === verdict);
    expect(list('allow')).toEqual(expect.arrayContaining(['describe_broker', 'list_brokers', 'list_users']));
    expect(list('require_approval')).toEqual(
      expect.arrayContaining(['update_broker', 'create_configuration', 'reboot_broker']),
    );
    expect(list('deny')).toEqual(
      expect.arrayContaining([
        'create_broker',
        'delete_broker',
        'rabbitmq_broker_purge_queue',
        'rabbitmq_broker_delete_exchange',
      ]),
    );
  });

  test.each([
    ['everything', ['server-everything/dist/index.js']],
    ['filesystem', ['server-filesystem/dist/index.js', '/tmp']],
    ['memory', ['server-memory/dist/index.js']],
  ])(
    'writes a policy without problems for the %s server',
    async (name, [script = '', ...args]) => {
      const scan = scanTools(await listTools(script, args), name);
      expect(scan.tools.length).toBeGreaterThan(5);
      expect(hold(scan)).toEqual([]);
    },
    30_000,
  );
});

type Fixture = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
const FIXTURE = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/policy-servers.json'), 'utf8'),
) as Fixture;

test.each(Object.keys(FIXTURE))('writes a policy without problems for the tools of %s', (name) => {
  const raw = Object.entries(FIXTURE[name] ?? {}).map(([tool, args]) => ({
    name: tool,
    inputSchema: {
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(args).map(([key, type]) => [
          key.replace('?', ''),
          typeof type === 'string' ? { type } : type,
        ]),
      ),
      required: Object.keys(args).filter((key) => !key.endsWith('?')),
    },
  }));
  expect(hold(scanTools(raw, name))).toEqual([]);
});

async function listTools(script: string, args: readonly string[]): Promise<unknown[]> {
  const path = join(import.meta.dirname, '../../../node_modules/@modelcontextprotocol', script);
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StdioClientTransport({ command: 'node', args: [path, ...args], stderr: 'ignore' }),
  );
  const { tools } = await client.listTools();
  await client.close();
  return tools;
}
