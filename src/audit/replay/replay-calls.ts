import { matchGlob } from '../../policy/glob.ts';
import { PIN } from '../../policy/pin.ts';
import type { CompiledPolicy } from '../../policy/compile.ts';
import type { RecordedCall } from '../read/recorded-call.ts';
import { Judge, type FindSchema, type Judgement } from './judge-recorded.ts';
import {
  CHANGES,
  type Change,
  type ChangedCalls,
  type Replay,
  type UnknownCalls,
  type Was,
} from './replay.ts';

const MOST_ROWS = 5_000;
const MOST_EXAMPLES = 3;
const MOST_SESSIONS = 100_000;

/** What the policy decided then; codes that are not here tell of the state of a moment. */
const WAS: ReadonlyMap<string, Was> = new Map([
  ['allowed', 'allow'],
  ['approved', 'ask'],
  ['granted', 'ask'],
  ['approval_denied', 'ask'],
  ['approval_timeout', 'ask'],
  ['approval_unavailable', 'ask'],
  ['approval_overflow', 'ask'],
  ['denied', 'deny'],
  ['unknown_tool', 'deny'],
  ['rate_limited', 'limit'],
]);
const CHANGE_TO: Readonly<Record<Was, Change>> = {
  allow: 'allowed',
  ask: 'asked',
  deny: 'denied',
  limit: 'denied',
};

/** Decides recorded calls again, in memory that does not grow with their number. */
export async function replayCalls(
  calls: AsyncIterable<RecordedCall>,
  policy: CompiledPolicy,
  findSchema: FindSchema,
): Promise<Replay> {
  const gathering = new Gathering();
  const judge = new Judge(policy, findSchema);
  const servers = policy.set.layers[0].policy.server;
  for await (const call of calls) {
    const was = readWas(call);
    if (servers !== null && !servers.some((name) => matchGlob(name, call.server)))
      gathering.leaveOut('the policy is for another server');
    else if (was === null)
      gathering.leaveOut(call.rule === PIN ? 'tool changed' : call.code.replaceAll('_', ' '));
    else {
      const judgement = judge.judge(call);
      if (judgement === null) gathering.leaveOut('what it was about is not told');
      else gathering.add(call, was, judgement);
    }
  }
  return gathering.end();
}

function readWas({ code, rule, waitMs }: RecordedCall): Was | null {
  // Asked about because the tool had changed, whatever the rules say.
  if (rule === PIN) return null;
  return WAS.get(code) ?? (code === 'cancelled' && waitMs !== null ? 'ask' : null);
}

class Gathering {
  #calls = 0;
  #first: number | null = null;
  #last = 0;
  #unchanged = 0;
  #others = 0;
  readonly #sessions = new Set<string>();
  readonly #changed = new Map<string, ChangedCalls>();
  readonly #unknown = new Map<string, UnknownCalls>();
  readonly #leftOut = new Map<string, number>();

  leaveOut(why: string): void {
    if (this.#leftOut.size < MOST_ROWS || this.#leftOut.has(why))
      this.#leftOut.set(why, (this.#leftOut.get(why) ?? 0) + 1);
  }

  add(call: RecordedCall, was: Was, judgement: Judgement): void {
    this.#calls++;
    this.#first = Math.min(this.#first ?? call.time, call.time);
    this.#last = Math.max(this.#last, call.time);
    if (this.#sessions.size < MOST_SESSIONS) this.#sessions.add(call.session);
    const { becomes } = judgement;
    if (becomes === 'unknown') this.#addUnknown(call, judgement);
    else if (becomes === was || CHANGE_TO[becomes] === CHANGE_TO[was]) this.#unchanged++;
    else this.#addChanged(call, { was, becomes }, judgement);
  }

  end(): Replay {
    const changed = [...this.#changed.values()].toSorted((a, b) => b.calls - a.calls);
    const listChange = (change: Change): ChangedCalls[] =>
      changed.filter(({ becomes }) => CHANGE_TO[becomes] === change);
    const [denied, asked, allowed] = CHANGES.map(listChange);
    return {
      calls: this.#calls,
      sessions: this.#sessions.size,
      period: this.#first === null ? null : { first: this.#first, last: this.#last },
      unchanged: this.#unchanged,
      changes: { denied: denied ?? [], asked: asked ?? [], allowed: allowed ?? [] },
      unknown: [...this.#unknown.values()].toSorted((a, b) => b.calls - a.calls),
      leftOut: this.#leftOut,
      others: this.#others,
    };
  }

  #addChanged(call: RecordedCall, { was, becomes }: { was: Was; becomes: Was }, judgement: Judgement): void {
    const { rule, reason } = judgement;
    const [server, tool] = [call.server, nameSubject(call)];
    const key = [server, tool, was, becomes, rule].join('\n');
    const known = this.#changed.get(key);
    if (known === undefined && this.#changed.size >= MOST_ROWS) return void this.#others++;
    const row = known ?? { server, tool, was, becomes, rule, reason, calls: 0, examples: [] };
    this.#changed.set(key, row);
    row.calls++;
    if (row.examples.length >= MOST_EXAMPLES) return;
    const { session, seq, arguments: args } = call;
    row.examples.push({ session, seq, arguments: args.kind === 'told' ? args.json.toString() : null });
  }

  #addUnknown(call: RecordedCall, { strictest, mildest, rule, missed }: Judgement): void {
    const [server, tool] = [call.server, nameSubject(call)];
    const key = [server, tool, strictest, mildest, rule, ...missed].join('\n');
    const known = this.#unknown.get(key);
    if (known === undefined && this.#unknown.size >= MOST_ROWS) return void this.#others++;
    const row = known ?? { server, tool, strictest, mildest, rule, missed, calls: 0 };
    this.#unknown.set(key, row);
    row.calls++;
  }
}

function nameSubject({ tool, other }: RecordedCall): string {
  return tool ?? `${other?.method} ${other?.target}`;
}
