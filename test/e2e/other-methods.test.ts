import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeHome, readLog } from '../helpers/guard.ts';
import { connectLegacy } from '../helpers/legacy-peer.ts';

const EVERYTHING = join(
  import.meta.dirname,
  '../../node_modules/@modelcontextprotocol/server-everything/dist/index.js',
);

const POLICY = `version: 1
default: allow
resources: { "demo://resource/static/*": { action: deny, reason: Those stay here } }
prompts: { simple-prompt: deny }
methods: { logging/setLevel: deny }
server_requests: { sampling/createMessage: deny }
approval: { channels: [] }
`;

test('the official client meets a policy for resources, prompts, methods and sampling', async () => {
  const home = makeHome(POLICY);
  const { client, heard } = await connectLegacy({ command: [process.execPath, EVERYTHING], home });
  const { resources } = await client.listResources();
  const uri = resources[0]?.uri ?? '';
  expect(uri).toMatch(/^demo:\/\/resource\/static\//);
  await expect(client.readResource({ uri })).rejects.toThrow('Those stay here');
  await expect(client.getPrompt({ name: 'simple-prompt' })).rejects.toThrow(
    'did not run prompts/get simple-prompt',
  );
  expect(
    (await client.getPrompt({ name: 'args-prompt', arguments: { city: 'Rome' } })).messages,
  ).toHaveLength(1);
  await expect(client.setLoggingLevel('debug')).rejects.toThrow('did not run logging/setLevel');
  const params = { name: 'trigger-sampling-request', arguments: { prompt: 'hi', maxTokens: 5 } };
  expect(JSON.stringify(await client.callTool(params))).toContain('did not run sampling/createMessage');
  expect(heard.filter((word) => word.startsWith('sampling'))).toEqual([]);
  await client.close();
  expect(
    readLog(home).flatMap(({ event, verdict, method, target }) =>
      event === 'call' && method !== undefined ? [[verdict, method, target]] : [],
    ),
  ).toEqual(
    expect.arrayContaining([
      ['deny', 'resources/read', uri],
      ['deny', 'prompts/get', 'simple-prompt'],
      ['deny', 'logging/setLevel', 'logging/setLevel'],
    ]),
  );
});
