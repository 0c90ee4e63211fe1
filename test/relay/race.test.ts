import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Effect } from '../../src/relay/event.ts';
import { findNextTick } from '../../src/relay/session.ts';
import { Dialogue } from '../helpers/dialogue.ts';
import { policyOf } from '../helpers/policy.ts';

type Move =
  | { readonly kind: 'call'; readonly args: number; readonly isModern: boolean; readonly carries: boolean }
  | { readonly kind: 'answer'; readonly nth: number; readonly yes: boolean }
  | { readonly kind: 'cancel'; readonly nth: number }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'consoles'; readonly count: number }
  | { readonly kind: 'pause'; readonly on: boolean }
  | { readonly kind: 'absent'; readonly nth: number }
  | { readonly kind: 'elicited'; readonly nth: number; readonly content: object };

const nth = fc.nat({ max: 30 });
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant('call'),
      args: fc.nat({ max: 2 }),
      isModern: fc.boolean(),
      carries: fc.boolean(),
    }),
    weight: 5,
  },
  { arbitrary: fc.record({ kind: fc.constant('answer'), nth, yes: fc.boolean() }), weight: 4 },
  { arbitrary: fc.record({ kind: fc.constant('cancel'), nth }), weight: 1 },
  {
    arbitrary: fc.record({
      kind: fc.constant('time'),
      ms: fc.constantFrom(1, 14_999, 15_000, 40_000, 50_000, 61_000, 300_000, 600_000),
    }),
    weight: 3,
  },
  { arbitrary: fc.record({ kind: fc.constant('consoles'), count: fc.nat({ max: 2 }) }), weight: 1 },
  {
    arbitrary: fc.record({ kind: fc.constant('pause'), on: fc.constantFrom(false, false, false, true) }),
    weight: 1,
  },
  { arbitrary: fc.record({ kind: fc.constant('absent'), nth }), weight: 1 },
  {
    arbitrary: fc.record({
      kind: fc.constant('elicited'),
      nth: fc.nat({ max: 5 }),
      content: fc.constantFrom({}, { decision: 'deny' }, { decision: 'approve' }),
    }),
    weight: 2,
  },
);

const FORM = { elicitation: {} };

/** A client, consoles and a clock that do as they are told; and what came of it, as the server and the client saw it. */
class Field {
  readonly session = new Dialogue(policyOf({}));
  /** Every question ever asked: its arguments, and the answers that could have counted. */
  readonly keys: string[] = [];
  readonly yes = new Map<string, number>();
  readonly ran = new Map<string, number>();
  readonly forwarded: number[] = [];
  readonly cancelled = new Set<number>();
  readonly answers = new Map<number, number>();
  #id = 0;
  #state: string | undefined;

  constructor() {
    const { session } = this;
    session.client({ jsonrpc: '2.0', id: 'i', method: 'initialize', params: { capabilities: FORM } });
    session.server({ jsonrpc: '2.0', id: 'i', result: { protocolVersion: '2025-06-18' } });
    session.client({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }

  play(move: Move): void {
    const before = this.session.effects.length;
    switch (move.kind) {
      case 'call':
        this.#call(move);
        break;
      case 'answer':
        this.#answer(move);
        break;
      case 'elicited':
        this.#elicit(move);
        break;
      default:
        this.#happen(move);
    }
    for (const effect of this.session.effects.slice(before)) this.#look(effect);
  }

  #answer({ nth, yes }: Move & { kind: 'answer' }): void {
    const key = this.#pick(nth);
    const asked = this.session.state.asked.get(key);
    if (yes && asked !== undefined) this.#countYes(String(asked.call.call.arguments));
    const choice = yes
      ? ({ kind: 'yes', scope: 'once', lasts: { kind: 'session' } } as const)
      : ({ kind: 'no', message: null } as const);
    this.session.answer(key, { ...choice, approver: 'console' });
  }

  #elicit({ nth, content }: Move & { kind: 'elicited' }): void {
    const { elicitation, asked: questions } = this.session.state;
    const id = `mcp-guard:i:${nth}`;
    const asked = questions.get(elicitation?.key ?? '');
    const isYes = 'decision' in content && content.decision === 'approve';
    if (elicitation?.id === id && asked !== undefined && isYes) {
      this.#countYes(String(asked.call.call.arguments));
    }
    this.session.client({ jsonrpc: '2.0', id, result: { action: 'accept', content } });
  }

  #happen(move: Exclude<Move, { kind: 'call' | 'answer' | 'elicited' }>): void {
    const { session } = this;
    switch (move.kind) {
      case 'cancel': {
        // One of the last few.
        const id = Math.max(0, this.#id - 1 - (move.nth % 4));
        if (this.#id > 0) this.cancelled.add(id);
        session.client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
        break;
      }
      case 'time':
        session.now += move.ms;
        if (move.ms % 2 === 0) session.event({ kind: 'tick' });
        break;
      case 'consoles':
        session.event({ kind: 'consoles', count: move.count });
        break;
      case 'pause':
        session.event({ kind: 'paused', on: move.on });
        break;
      case 'absent':
        session.answer(this.#pick(move.nth), { kind: 'unavailable', why: 'none' });
        break;
    }
  }

  #call({ args, isModern, carries }: Move & { kind: 'call' }): void {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': FORM,
    };
    const isReturning = isModern && carries && this.#state !== undefined;
    const given = { 'mcp-guard/approval': { action: 'accept', content: { decision: 'approve' } } };
    const text = JSON.stringify({ n: args });
    if (isReturning) {
      // A person in the client says yes to what the client shows: the question of the state it carries.
      const parked = [...this.session.state.asked.values()].find(
        ({ phase, call, client }) =>
          phase === 'parked' && client === 'asked' && String(call.call.arguments) === text,
      );
      if (parked !== undefined) this.#countYes(text);
    }
    this.session.client({
      jsonrpc: '2.0',
      id: this.#id++,
      method: 'tools/call',
      params: {
        name: 'make',
        arguments: { n: args },
        ...(isModern ? { _meta: meta } : {}),
        ...(isReturning ? { inputResponses: given, requestState: this.#state } : {}),
      },
    });
  }

  /** One of the questions asked last. */
  #pick(nth: number): string {
    return this.keys.at(-1 - (nth % 4)) ?? '';
  }

  #countYes(args: string): void {
    this.yes.set(args, (this.yes.get(args) ?? 0) + 1);
  }

  #look(effect: Effect): void {
    if (effect.kind === 'ask' && !this.keys.includes(effect.question.key))
      this.keys.push(effect.question.key);
    if (effect.kind !== 'to-server' && effect.kind !== 'to-client') return;
    const message = JSON.parse(String(effect.bytes)) as {
      id?: number;
      method?: string;
      params?: { arguments?: object; requestState?: string };
      result?: { requestState?: string };
    };
    if (effect.kind === 'to-server') {
      if (message.method !== 'tools/call') return;
      expect(message.params?.requestState).toBeUndefined();
      this.forwarded.push(Number(message.id));
      const args = JSON.stringify(message.params?.arguments);
      this.ran.set(args, (this.ran.get(args) ?? 0) + 1);
    } else if (message.method === undefined) {
      this.answers.set(Number(message.id), (this.answers.get(Number(message.id)) ?? 0) + 1);
      this.#state = message.result?.requestState ?? this.#state;
    }
  }
}

test('whatever happens when, a call runs at most once, and only for a yes to exactly it', () => {
  fc.assert(
    fc.property(fc.array(move, { minLength: 5, maxLength: 60 }), (moves) => {
      const field = new Field();
      for (const each of moves) {
        const withdrawn = new Set([...field.cancelled].filter((id) => !field.forwarded.includes(id)));
        const before = field.forwarded.length;
        field.play(each);
        // A call that was given up before it was sent on is never sent on.
        expect(field.forwarded.slice(before).filter((id) => withdrawn.has(id))).toEqual([]);
      }
      expect(new Set(field.forwarded).size).toBe(field.forwarded.length);
      for (const [args, count] of field.ran) expect(count).toBeLessThanOrEqual(field.yes.get(args) ?? 0);
      for (const count of field.answers.values()) expect(count).toBe(1);
      expect(field.forwarded.filter((id) => field.answers.has(id))).toEqual([]);
      const { state } = field.session;
      expect(state.asked.size === 0).toBe(findNextTick(state) === null);
    }),
    { numRuns: 2_000 },
  );
});
