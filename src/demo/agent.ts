import type { Writable } from 'node:stream';
import { GuardError } from '../errors.ts';
import { readLines } from './lines.ts';
import { isRecord } from './record.ts';

/** What the agent was told about one call. */
export interface Answer {
  /** The id of the request, as the log has it. */
  readonly id: number;
  readonly text: string;
  /** The guard's own word for a refusal, null where the server answered. */
  readonly code: string | null;
}

const DECISION = 'io.github.mcp-guard/decision';

/** A make-believe agent: it makes one request at a time and reads what comes back. */
export class Agent {
  readonly #lines: AsyncGenerator<string>;
  readonly #output: Writable;
  #lastId = 0;

  /** Speaks to a server, or to the guard in front of it: reads `input`, writes `output`. */
  constructor(input: AsyncIterable<Buffer>, output: Writable) {
    this.#lines = readLines(input);
    this.#output = output;
    // A side that has gone is noticed where its answer is missed.
    output.on('error', () => undefined);
  }

  /** Begins the session and reads the tools, as every client does. Throws where the server cannot be had. */
  async connect(): Promise<void> {
    const clientInfo = { name: 'mcp-guard-demo', version: '1.0.0' };
    await this.#request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
    this.#send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    await this.#request('tools/list', {});
  }

  /** Calls a tool and waits, however long a person takes. Throws where no answer comes. */
  async call(tool: string, args: object): Promise<Answer> {
    const result = await this.#request('tools/call', { name: tool, arguments: args });
    return { id: this.#lastId, text: readText(result), code: readCode(result) };
  }

  async #request(method: string, params: object): Promise<Record<string, unknown>> {
    this.#lastId += 1;
    this.#send({ jsonrpc: '2.0', id: this.#lastId, method, params });
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new GuardError('failed', `the guard ended before it answered ${method}`);
      const message: unknown = JSON.parse(value);
      if (!isRecord(message) || message['id'] !== this.#lastId) continue;
      if (isRecord(message['result'])) return message['result'];
      const excerpt = readMessage(message);
      throw new GuardError('failed', `the guard answered ${method} with an error`, { excerpt });
    }
  }

  #send(message: object): void {
    this.#output.write(`${JSON.stringify(message)}\n`);
  }
}

function readText(result: Record<string, unknown>): string {
  const content: unknown = result['content'];
  const block: unknown = Array.isArray(content) ? content[0] : undefined;
  return isRecord(block) && typeof block['text'] === 'string' ? block['text'] : '';
}

function readCode(result: Record<string, unknown>): string | null {
  const decision = isRecord(result['_meta']) ? result['_meta'][DECISION] : undefined;
  return isRecord(decision) && typeof decision['code'] === 'string' ? decision['code'] : null;
}

function readMessage(message: Record<string, unknown>): string {
  const error = message['error'];
  return isRecord(error) && typeof error['message'] === 'string' ? error['message'] : 'no message';
}
