import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { BIN } from './guard.ts';

export interface PeerOptions {
  readonly command: readonly string[];
  /** The guard's home: with it the client goes through the guard, without it straight to the server. */
  readonly home: string | null;
  readonly env?: Record<string, string>;
}

/** The official client of the legacy era, answering whatever a server asks, and what it was told meanwhile. */
export async function connectLegacy({
  command,
  home,
  env = {},
}: PeerOptions): Promise<{ client: Client; heard: string[] }> {
  const heard: string[] = [];
  const capabilities = { sampling: {}, elicitation: {}, roots: { listChanged: true } };
  const client = new Client({ name: 'peer', version: '1' }, { capabilities });
  client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => {
    heard.push(`sampling ${JSON.stringify(params.messages)}`);
    return { model: 'peer', role: 'assistant', content: { type: 'text', text: 'sampled' } };
  });
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    heard.push(`elicitation ${params.message}`);
    return { action: 'decline' };
  });
  client.setRequestHandler(ListRootsRequestSchema, () => ({
    roots: [{ uri: 'file:///peer', name: 'peer' }],
  }));
  client.setNotificationHandler(
    ResourceUpdatedNotificationSchema,
    ({ params }) => void heard.push(`updated ${params.uri}`),
  );
  client.setNotificationHandler(
    LoggingMessageNotificationSchema,
    ({ params }) => void heard.push(`log ${params.level}`),
  );
  const [file = '', ...args] = home === null ? command : [process.execPath, BIN, 'run', '--', ...command];
  const merged = {
    ...(process.env as Record<string, string>),
    ...env,
    ...(home === null ? {} : { MCP_GUARD_HOME: home }),
  };
  await client.connect(new StdioClientTransport({ command: file, args, env: merged, stderr: 'ignore' }));
  return { client, heard };
}
