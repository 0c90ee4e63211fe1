import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { LineReader, type LineEvent } from '../wire/lines.ts';
import type { Peer } from './peer.ts';

const LONGEST_LINE = 64 << 20;

/** The lines of a server that was started elsewhere, for the official client. Keeps the answer to the last request as it came. */
export class LineTransport implements Transport {
  // By these two members the client knows a pipe, where a server that is silent when probed is one of the older era.
  readonly stderr = null;
  readonly pid = null;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #peer: Peer;
  readonly #lines = new LineReader(LONGEST_LINE);
  #asked: unknown = null;
  #answer: Buffer | null = null;
  #noise = 0;
  #broken = false;
  #closed = false;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** The answer to the last request, one line as the server wrote it; null where none came. */
  get answer(): Buffer | null {
    return this.#answer;
  }

  /** The server's output has ended, or its input. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** Lines that were no JSON-RPC, or too long. */
  get noise(): number {
    return this.#noise;
  }

  async start(): Promise<void> {
    const { stdin, stdout } = this.#peer;
    const end = (): void => {
      this.#broken = true;
      void this.close();
    };
    stdin.on('error', end);
    stdout.on('data', (chunk: Buffer) => this.#read(this.#lines.push(chunk)));
    stdout.on('end', end).on('error', end);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if ('method' in message && 'id' in message) {
      this.#asked = message.id;
      this.#answer = null;
    }
    this.#peer.stdin.write(`${JSON.stringify(message)}\n`);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.onclose?.();
  }

  #read(lines: readonly LineEvent[]): void {
    if (this.#closed) return;
    for (const line of lines) {
      const message = line.kind === 'line' ? readMessage(line.bytes) : null;
      if (line.kind !== 'line' || message === null) {
        this.#noise++;
        continue;
      }
      if (!('method' in message) && message.id === this.#asked) this.#answer = Buffer.from(line.bytes);
      this.onmessage?.(message);
    }
  }
}

/** The client looks at the message more closely; here it need only be one. */
function readMessage(bytes: Buffer): JSONRPCMessage | null {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    if (typeof value !== 'object' || value === null || !('jsonrpc' in value)) return null;
    return value as JSONRPCMessage;
  } catch {
    return null;
  }
}
