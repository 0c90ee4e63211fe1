import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/client';
import packageJson from '../../package.json' with { type: 'json' };
import { explainFailure, ServerEnded, type Stage } from './listing-failure.ts';
import { LineTransport } from './line-transport.ts';
import type { Listing } from './listing.ts';
import type { Peer } from './peer.ts';
import { holdsResult, ToolPages } from './tool-pages.ts';

export interface ListOptions {
  /** For all of it together. */
  readonly timeoutMs: number;
  /** `legacy`: does not try the newer era first, which some older servers do not survive. */
  readonly era: 'any' | 'legacy';
  readonly signal: AbortSignal;
}

/** How much of the time a server may be silent before it is taken for one of the older era. */
const PROBE_SHARE = 0.4;

/** How long a server whose output has ended may take to be gone. */
const EXIT_MS = 500;
/** Our own time-out is the one that speaks. */
const MS_AFTER = 1_000;

/**
 * Asks a server for its tools, all pages of them, in the newest protocol that both speak. Throws GuardError `failed`
 * when it ends, is silent for too long or answers nonsense, and ProbeFailed where the older era is worth a try.
 */
export async function listTools(peer: Peer, options: ListOptions): Promise<Listing> {
  // Nobody but the commands that ask a server should load it: it is as large as the rest of the program.
  const { Client } = await import('@modelcontextprotocol/client');
  const transport = new LineTransport(peer);
  const client = new Client(
    { name: 'mcp-guard', version: packageJson.version },
    options.era === 'legacy'
      ? {}
      : { versionNegotiation: { mode: 'auto', probe: { timeoutMs: options.timeoutMs * PROBE_SHARE } } },
  );
  const stage: Stage = { now: 'connect', late: false, closed: false };
  const late = new AbortController();
  const timer = setTimeout(() => {
    stage.late = true;
    late.abort();
  }, options.timeoutMs);
  try {
    return await Promise.race([
      converse({ client, transport, stage, timeoutMs: options.timeoutMs + MS_AFTER }),
      peer.ended.then((how) => Promise.reject(new ServerEnded(how))),
      rejectOn(AbortSignal.any([late.signal, options.signal])),
    ]);
  } catch (error) {
    stage.closed = transport.isBroken;
    // A closed output is mostly the first one hears of a process that has ended, and how it ended says more.
    const how = stage.closed ? await Promise.race([peer.ended, wait(EXIT_MS, null, { ref: false })]) : null;
    throw explainFailure(how === null ? error : new ServerEnded(how), stage, options);
  } finally {
    clearTimeout(timer);
    await transport.close();
  }
}

interface Conversation {
  readonly client: Client;
  readonly transport: LineTransport;
  readonly stage: Stage;
  readonly timeoutMs: number;
}

async function converse({ client, transport, stage, timeoutMs }: Conversation): Promise<Listing> {
  await client.connect(transport, { timeout: timeoutMs });
  stage.now = 'list';
  const pages = new ToolPages();
  if (client.getServerCapabilities()?.tools === undefined) pages.warn('the server says that it has no tools');
  else {
    do {
      const params = pages.cursor === null ? {} : { cursor: pages.cursor };
      // What the client makes of the answer is not looked at: it refuses all of a page for one tool that is odd.
      await client
        .request({ method: 'tools/list', params }, { timeout: timeoutMs })
        .catch((error: unknown) => {
          if (!holdsResult(transport.answer)) throw error;
        });
      pages.add(transport.answer);
    } while (pages.cursor !== null);
  }
  const { name = '', version = '' } = client.getServerVersion() ?? {};
  return {
    server: { name, version },
    protocolVersion: client.getNegotiatedProtocolVersion() ?? '',
    tools: pages.tools,
    warnings: [...pages.warnings, ...describeNoise(transport.noise)],
  };
}

function describeNoise(lines: number): string[] {
  if (lines === 0) return [];
  return [
    `${lines} ${lines === 1 ? 'line' : 'lines'} on its stdout ${lines === 1 ? 'is' : 'are'} no JSON-RPC`,
  ];
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(new Error('stopped'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
