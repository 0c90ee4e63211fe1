import type { Account } from './account.ts';
import { MQ } from './mq.ts';
import { failed, type Outcome } from './operation.ts';
import { RABBITMQ } from './rabbitmq.ts';
import { isRecord } from './record.ts';
import { TOOLS } from './tools.ts';

const MODERN = '2026-07-28';
const LEGACY = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const SERVER_INFO = { name: 'amazon-mq-sample', version: '1.0.0' };
const INSTRUCTIONS = 'A sample of the Amazon MQ server for trying things out: nothing real is touched.';
// The tools never change while the program runs, so a client may keep what it read.
const CACHE = { ttlMs: 60_000, cacheScope: 'public' };

type Reply =
  | { readonly result: object }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: object } };

/** The line that answers `line`, without its newline; null where the protocol wants no answer. */
export function answerLine(line: string, account: Account): string | null {
  const message = parseObject(line);
  if (message === null) return render(null, refuse(-32700, 'expected one JSON object on the line'));
  const { id, method } = message;
  if (typeof method !== 'string' || id === undefined) return null;
  const params = isRecord(message['params']) ? message['params'] : {};
  return render(id, answer(method, params, account));
}

function answer(method: string, params: Record<string, unknown>, account: Account): Reply {
  const meta = isRecord(params['_meta']) ? params['_meta'] : {};
  const version = meta[VERSION_KEY];
  if (version === undefined) return answerLegacy(method, params, account);
  if (version === MODERN) return answerModern(method, params, account);
  return refuse(-32022, 'unsupported protocol version', { supported: [MODERN], requested: version });
}

function answerLegacy(method: string, params: Record<string, unknown>, account: Account): Reply {
  switch (method) {
    case 'initialize':
      return { result: initialize(params['protocolVersion']) };
    case 'ping':
      return { result: {} };
    case 'tools/list':
      return { result: { tools: TOOLS } };
    case 'tools/call':
      return callTool(params, account);
    default:
      return refuse(-32601, `method not found: ${method}`);
  }
}

function answerModern(method: string, params: Record<string, unknown>, account: Account): Reply {
  switch (method) {
    case 'server/discover':
      return complete({
        supportedVersions: [MODERN],
        capabilities: { tools: {} },
        instructions: INSTRUCTIONS,
        ...CACHE,
      });
    case 'tools/list':
      return complete({ tools: TOOLS, ...CACHE });
    case 'tools/call': {
      const reply = callTool(params, account);
      return 'result' in reply ? complete(reply.result) : reply;
    }
    default:
      return refuse(-32601, `method not found: ${method}`);
  }
}

function initialize(asked: unknown): object {
  const protocolVersion = LEGACY.find((version) => version === asked) ?? LEGACY.at(-1);
  return {
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: SERVER_INFO,
    instructions: INSTRUCTIONS,
  };
}

/** 2026-07-28: every result says whether it is the last word, and SHOULD say who speaks. */
function complete(result: object): Reply {
  return {
    result: {
      resultType: 'complete',
      ...result,
      _meta: { 'io.modelcontextprotocol/serverInfo': SERVER_INFO },
    },
  };
}

function callTool(params: Record<string, unknown>, account: Account): Reply {
  const name = params['name'];
  const tool = TOOLS.find((tool) => tool.name === name);
  const operation = tool === undefined ? undefined : (MQ.get(tool.name) ?? RABBITMQ.get(tool.name));
  if (tool === undefined || operation === undefined) return refuse(-32602, `Unknown tool: ${String(name)}`);
  const args = new Map(Object.entries(isRecord(params['arguments']) ? params['arguments'] : {}));
  const missing = tool.inputSchema.required?.filter((name) => !args.has(name)) ?? [];
  if (missing.length > 0)
    return { result: renderOutcome(failed(`missing arguments: ${missing.join(', ')}`)) };
  return { result: renderOutcome(operation(account, args)) };
}

function renderOutcome(outcome: Outcome): object {
  return outcome.kind === 'done'
    ? { content: [{ type: 'text', text: JSON.stringify(outcome.value) }], isError: false }
    : { content: [{ type: 'text', text: outcome.why }], isError: true };
}

function refuse(code: number, message: string, data?: object): Reply {
  return { error: data === undefined ? { code, message } : { code, message, data } };
}

function render(id: unknown, reply: Reply): string {
  return JSON.stringify({ jsonrpc: '2.0', id, ...reply });
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
