import { expect } from 'vitest';
import type { Answer } from '../../src/approval/question.ts';
import type { PinRecord } from '../../src/catalogue/pins/pin-store.ts';
import type { Entry } from '../../src/audit/entry.ts';
import { compilePolicy } from '../../src/policy/compile.ts';
import type { Policy, PolicySet } from '../../src/policy/policy.ts';
import type { Effect, Event } from '../../src/relay/event.ts';
import { step } from '../../src/relay/session.ts';
import { createState, type Pins, type Settings, type State } from '../../src/relay/state.ts';
import { GROUND, setOf } from './policy.ts';

/** Effects as a reader of a dialogue wants them: `to-server {...}`, `log allow allowed echo`. */
export type Said = string;

/** A session talked to in lines: events in, effects out; no process, no timer. */
export class Dialogue {
  readonly state: State;
  readonly effects: Effect[] = [];
  now = 0;
  #keys = 0;
  #ids = 0;

  constructor(policy: Policy | PolicySet, settings: Partial<Settings> = {}, pins?: Pins) {
    const parts = {
      server: 'mq',
      machine: null,
      dryRun: false,
      createKey: () => `q${++this.#keys}`,
      createId: () => `g${++this.#ids}`,
      serverHash: 's',
      seal: { instance: 'i', secret: Buffer.alloc(32, 7) },
      ...settings,
    };
    this.state = createState(parts, compilePolicy('file' in policy ? setOf(policy) : policy, GROUND), pins);
  }

  /** A saved policy takes effect. */
  reload(policy: Policy): Said[] {
    return this.#step({ kind: 'policy', policy: compilePolicy(setOf(policy), GROUND), notices: [] });
  }

  client(message: object | string): Said[] {
    return this.#step({ kind: 'client-line', bytes: toLine(message) });
  }

  server(message: object | string): Said[] {
    return this.#step({ kind: 'server-line', bytes: toLine(message) });
  }

  call(id: number | string, name: string, args?: object): Said[] {
    const params = args === undefined ? { name } : { name, arguments: args };
    return this.client({ jsonrpc: '2.0', id, method: 'tools/call', params });
  }

  answer(key: string, answer: Answer): Said[] {
    return this.#step({ kind: 'answer', key, answer });
  }

  event(event: Event): Said[] {
    return this.#step(event);
  }

  /** The last line that went to the client, read. */
  get reply(): {
    result?: { content: { text: string }[] } & Record<string, unknown>;
    error?: { code: number; message: string };
  } {
    const last = this.effects.findLast((effect) => effect.kind === 'to-client');
    expect(last).toBeDefined();
    return JSON.parse(String(last?.kind === 'to-client' && last.bytes)) as never;
  }

  #step(event: Event): Said[] {
    const effects = step(this.state, event, this.now);
    this.effects.push(...effects);
    return effects.filter((effect) => effect.kind !== 'note' && !isOutcome(effect)).map(say);
  }
}

export const YES: Answer = {
  kind: 'yes',
  scope: 'once',
  lasts: { kind: 'session' },
  approver: 'terminal',
};

function say(effect: Effect): Said {
  switch (effect.kind) {
    case 'log':
      return sayEntry(effect.entry);
    case 'to-server':
      return `to-server ${String(effect.bytes).trimEnd()}`;
    case 'to-client':
      return `to-client ${summarize(String(effect.bytes))}`;
    case 'ask':
      return `ask ${effect.question.key} ${effect.question.tool}`;
    case 'withdraw':
      return `withdraw ${effect.key}: ${effect.why}`;
    case 'late':
      return `late ${effect.key}`;
    case 'open':
      return `open ${effect.opening.kind} ${effect.tool}`;
    case 'remember':
      return `remember ${effect.grant.scope} ${effect.lastsMs}`;
    case 'policy':
      return `policy ${effect.isBroken ? 'broken' : 'loaded'}: ${effect.text}`;
    case 'pin':
      return `pin ${effect.records.map(sayRecord).join(', ')}`;
    case 'note':
      return `note ${effect.text}`;
  }
}

/** Every answer has one; the dialogues of outcomes look at `effects`. */
function isOutcome(effect: Effect): boolean {
  return effect.kind === 'log' && effect.entry.event === 'result';
}

function sayRecord(record: PinRecord): Said {
  return 'tool' in record ? `${record.kind} ${record.tool}` : record.kind;
}

function sayEntry(entry: Entry): Said {
  switch (entry.event) {
    case 'grant':
      return `log grant ${entry.scope} ${entry.tool}`;
    case 'revoke':
      return `log revoke ${entry.tool}`;
    case 'pause':
      return `log pause ${entry.on}`;
    case 'policy':
      return `log policy ${entry.outcome}`;
    case 'call':
      return `log ${entry.verdict} ${entry.code} ${entry.tool ?? `${entry.other?.method} ${entry.other?.target}`}`;
    case 'definition':
      return `log definition ${entry.outcome} ${entry.tool}`;
    case 'package':
      return `log package ${entry.name} ${entry.version}, was ${entry.was}`;
    case 'start':
    case 'gap':
      return `log ${entry.event}`;
    case 'result':
      return `log result ${entry.id} ${entry.outcome}`;
    case 'end':
      return `log end ${entry.outcome}`;
    case 'refused-frame':
      return `log refused-frame ${entry.from}`;
  }
}

/** The guard's own refusals in a word; everything else as it is. */
function summarize(line: string): string {
  const message = JSON.parse(line) as {
    id: unknown;
    result?: { _meta?: Record<string, { code: string }> };
    error?: { code: number; data?: { decision?: { code: string } } };
  };
  const decision = message.result?._meta?.['io.github.mcp-guard/decision'];
  if (decision !== undefined) return `${JSON.stringify(message.id)} refused ${decision.code}`;
  const code = message.error?.data?.decision?.code;
  if (message.error !== undefined)
    return `${JSON.stringify(message.id)} error ${message.error.code}${code ? ` ${code}` : ''}`;
  return line.trimEnd();
}

function toLine(message: object | string): Buffer {
  return Buffer.from(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
}
