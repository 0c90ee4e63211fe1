import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { makeHome } from '../helpers/guard.ts';
import { connectLegacy, type PeerOptions } from '../helpers/legacy-peer.ts';

const server = (name: string): string =>
  join(import.meta.dirname, `../../node_modules/@modelcontextprotocol/server-${name}/dist/index.js`);

/** What came of an operation: its value, or the words of its error. */
async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return `error: ${String(error)}`;
  }
}

type Script = (
  client: Client,
  tell: (name: string, work: () => Promise<unknown>) => Promise<void>,
  heard: readonly string[],
) => Promise<void>;

/** Everything the script was told, straight from the server or through the guard. */
async function play(
  script: Script,
  options: PeerOptions,
): Promise<{ told: Record<string, unknown>; heard: string[] }> {
  const { client, heard } = await connectLegacy(options);
  const told: Record<string, unknown> = {
    capabilities: client.getServerCapabilities(),
    version: client.getServerVersion(),
    instructions: client.getInstructions(),
  };
  await script(client, async (name, work) => void (told[name] = await outcome(work)), heard);
  await client.close();
  // Progress and log messages come when they come; what matters is that the same ones came.
  return { told: tidy(told) as Record<string, unknown>, heard: heard.sort((a, b) => a.localeCompare(b)) };
}

/** Times and temporary names differ by nature. */
function tidy(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => {
      if (typeof inner !== 'string' || key === 'name') return inner;
      return tidyText(key === 'blob' ? Buffer.from(inner, 'base64').toString('latin1') : inner);
    }),
  );
}

function tidyText(text: string): string {
  return text
    .replaceAll(/\d{1,2}:\d{2}:\d{2}(\.\d+)?( ?[AP]M)?/g, '<time>')
    .replaceAll(/\d{4}-\d{2}-\d{2}T<time>Z?/g, '<time>')
    .replaceAll(/mcp-guard-[\w-]*?-\w{6}/g, '<folder>');
}

async function compare(
  script: Script,
  options: () => Omit<PeerOptions, 'home'>,
): Promise<Record<string, unknown>> {
  const direct = await play(script, { ...options(), home: null });
  const guarded = await play(script, { ...options(), home: makeHome('version: 1\ndefault: allow\n') });
  expect(guarded).toEqual(direct);
  return guarded.told;
}

const call =
  (client: Client, name: string, args: Record<string, unknown> = {}): (() => Promise<unknown>) =>
  () =>
    client.callTool({ name, arguments: args });

describe('the official client of the legacy era, through the guard as without it,', () => {
  test('works with server-everything: tools, prompts, resources, completion, sampling, elicitation, roots, logging, progress', async () => {
    const told = await compare(
      async (client, tell, heard) => {
        // The server asks for the roots by itself, a while after the start; what asks meanwhile makes it ask twice.
        await vi.waitFor(() => expect(heard).toContain('log info'), 20_000);
        const { tools } = await client.listTools();
        await tell('tools', () => client.listTools());
        await tell('prompts', () => client.listPrompts());
        await tell('resources', () => client.listResources());
        await tell('templates', () => client.listResourceTemplates());
        for (const { uri } of (await client.listResources()).resources)
          await tell(uri, () => client.readResource({ uri }));
        await tell('no resource', () => client.readResource({ uri: 'demo://nothing' }));
        for (const kind of ['text', 'blob'])
          await tell(kind, () => client.readResource({ uri: `demo://resource/dynamic/${kind}/1` }));
        await tell('simple-prompt', () => client.getPrompt({ name: 'simple-prompt' }));
        await tell('args-prompt', () =>
          client.getPrompt({ name: 'args-prompt', arguments: { city: 'Ulm', state: 'BW' } }),
        );
        await tell('resource-prompt', () =>
          client.getPrompt({ name: 'resource-prompt', arguments: { resourceType: 'Text', resourceId: '1' } }),
        );
        await tell('no prompt', () => client.getPrompt({ name: 'nothing' }));
        await tell('completion', () =>
          client.complete({
            ref: { type: 'ref/prompt', name: 'completable-prompt' },
            argument: { name: 'department', value: 'E' },
          }),
        );
        await tell('echo', call(client, 'echo', { message: 'ä\u2028😀' }));
        await tell('wrong arguments', call(client, 'echo', {}));
        await tell('no tool', call(client, 'nothing'));
        await tell('sum', call(client, 'get-sum', { a: 1, b: 2 }));
        await tell('image', call(client, 'get-tiny-image'));
        await tell(
          'annotated',
          call(client, 'get-annotated-message', { messageType: 'error', includeImage: true }),
        );
        await tell('structured', call(client, 'get-structured-content', { location: 'Chicago' }));
        await tell('links', call(client, 'get-resource-links', { count: 3 }));
        await tell(
          'reference',
          call(client, 'get-resource-reference', { resourceType: 'Blob', resourceId: 2 }),
        );
        await tell(
          'gzip',
          call(client, 'gzip-file-as-resource', { data: 'data:text/plain,hello', outputType: 'resource' }),
        );
        await tell('sampling', call(client, 'trigger-sampling-request', { prompt: 'hi', maxTokens: 5 }));
        await tell('elicitation', call(client, 'trigger-elicitation-request'));
        await tell('roots', call(client, 'get-roots-list'));
        await tell('level', () => client.setLoggingLevel('debug'));
        const progress: unknown[] = [];
        const onprogress = (step: unknown): void => void progress.push(step);
        await tell('long', () =>
          client.callTool(
            { name: 'trigger-long-running-operation', arguments: { duration: 0.4, steps: 4 } },
            undefined,
            {
              onprogress,
            },
          ),
        );
        // The last step and the result come together, and the client may settle the call before it looks at the step.
        await tell('progress', () => Promise.resolve(progress.slice(0, 3)));
        const stopped = new AbortController();
        const cancelled = client.callTool(
          { name: 'trigger-long-running-operation', arguments: { duration: 30, steps: 30 } },
          undefined,
          { signal: stopped.signal, onprogress: () => stopped.abort('enough') },
        );
        await tell('cancelled', () => cancelled);
        await tell('subscribe', () => client.subscribeResource({ uri: 'demo://resource/dynamic/text/1' }));
        await tell('unsubscribe', () =>
          client.unsubscribeResource({ uri: 'demo://resource/dynamic/text/1' }),
        );
        await tell('ping', () => client.ping());
        expect(tools.length).toBeGreaterThan(12);
      },
      () => ({ command: [process.execPath, server('everything'), 'stdio'] }),
    );
    expect(told['sum']).toMatchObject({ content: [{ text: expect.stringContaining('3') as string }] });
    expect(told['progress']).toHaveLength(3);
    expect(told['cancelled']).toContain('enough');
  });

  test('works with server-filesystem', async () => {
    const told = await compare(
      async (client, tell) => {
        const { roots } = {
          roots: await client.callTool({ name: 'list_allowed_directories', arguments: {} }),
        };
        const text = (roots.content as { text: string }[])[0]?.text ?? '';
        const folder = text.split('\n').at(-1) ?? '';
        await tell('tools', () => client.listTools());
        await tell(
          'write',
          call(client, 'write_file', { path: join(folder, 'b.txt'), content: 'one\ntwo\n' }),
        );
        await tell(
          'edit',
          call(client, 'edit_file', {
            path: join(folder, 'b.txt'),
            edits: [{ oldText: 'two', newText: '2' }],
          }),
        );
        await tell('read', call(client, 'read_text_file', { path: join(folder, 'b.txt') }));
        await tell(
          'many',
          call(client, 'read_multiple_files', { paths: [join(folder, 'a.txt'), join(folder, 'b.txt')] }),
        );
        await tell('folder', call(client, 'create_directory', { path: join(folder, 'sub') }));
        await tell(
          'move',
          call(client, 'move_file', {
            source: join(folder, 'b.txt'),
            destination: join(folder, 'sub/c.txt'),
          }),
        );
        await tell('list', call(client, 'list_directory', { path: folder }));
        await tell('tree', call(client, 'directory_tree', { path: folder }));
        await tell('search', call(client, 'search_files', { path: folder, pattern: '**/*.txt' }));
        await tell('outside', call(client, 'read_text_file', { path: '/etc/passwd' }));
      },
      () => {
        const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-guard-files-')));
        onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
        writeFileSync(join(folder, 'a.txt'), 'a');
        return { command: [process.execPath, server('filesystem'), folder] };
      },
    );
    expect(JSON.stringify(told['read'])).toContain('one\\n2');
  });

  test('works with server-memory', async () => {
    const told = await compare(
      async (client, tell) => {
        await tell('tools', () => client.listTools());
        await tell(
          'entities',
          call(client, 'create_entities', {
            entities: [{ name: 'a', entityType: 't', observations: ['x'] }],
          }),
        );
        await tell(
          'relations',
          call(client, 'create_relations', { relations: [{ from: 'a', to: 'a', relationType: 'is' }] }),
        );
        await tell(
          'observations',
          call(client, 'add_observations', { observations: [{ entityName: 'a', contents: ['y'] }] }),
        );
        await tell('graph', call(client, 'read_graph'));
        await tell('search', call(client, 'search_nodes', { query: 'y' }));
        await tell('open', call(client, 'open_nodes', { names: ['a'] }));
        await tell('delete', call(client, 'delete_entities', { entityNames: ['a'] }));
        await tell('empty', call(client, 'read_graph'));
      },
      () => {
        const folder = mkdtempSync(join(tmpdir(), 'mcp-guard-memory-'));
        onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
        return {
          command: [process.execPath, server('memory')],
          env: { MEMORY_FILE_PATH: join(folder, 'memory.jsonl') },
        };
      },
    );
    expect(JSON.stringify(told['graph'])).toContain('entityType');
  });

  test('reads a denial as an ordinary result, and a hidden tool as an unknown one', async () => {
    const policy =
      'version: 1\ndefault: allow\ntools:\n  echo: { action: deny, reason: Silence }\n  get-env: { action: deny, hide: true }\n';
    const { client } = await connectLegacy({
      command: [process.execPath, server('everything'), 'stdio'],
      home: makeHome(policy),
    });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).not.toContain('get-env');
    expect(tools.map(({ name }) => name)).toContain('echo');
    expect(await client.callTool({ name: 'echo', arguments: { message: 'hi' } })).toMatchObject({
      isError: true,
      content: [
        { type: 'text', text: expect.stringContaining('mcp-guard did not run echo. Silence.') as string },
      ],
    });
    await expect(client.callTool({ name: 'get-env', arguments: {} })).rejects.toThrow(
      'MCP error -32602: Unknown tool: get-env',
    );
    await client.close();
  });
});
