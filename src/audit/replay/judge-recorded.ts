import type { CompiledPolicy } from '../../policy/compile.ts';
import { decideMildest } from '../../policy/decide.ts';
import { decideForms, listForms } from '../../policy/decide-forms.ts';
import type { Action, AppliedLimit, Evaluation, Query, Ruled } from '../../policy/policy.ts';
import { Windows, type Place } from '../../policy/limit/windows.ts';
import { isUntold } from '../mask.ts';
import type { RecordedCall } from '../read/recorded-call.ts';
import type { Becomes, Was } from './replay.ts';

/** What a policy says of a recorded call. */
export interface Judgement {
  readonly becomes: Becomes;
  /** The same as `becomes` where that is known. */
  readonly strictest: Was;
  readonly mildest: Was;
  readonly rule: string;
  readonly reason: string | null;
}

/** How a tool was pinned, for the defaults of its schema; null where that is not known. */
export type FindSchema = (server: string, tool: string) => Buffer | null;

const MOST_SESSIONS = 1_000;
const ASKED_BY_SERVERS = ['sampling/createMessage', 'elicitation/create', 'roots/list'];
const VERDICTS: Readonly<Record<Action, Was>> = { allow: 'allow', require_approval: 'ask', deny: 'deny' };
/** A key of an object that was masked: it may be any key that a condition asks for. */
const MASKED_KEY = /"\[redacted(?: [0-9a-f]{12})?\]":/;

/** Decides recorded calls, in their order, with limits counted as they would have been. */
export class Judge {
  readonly #policy: CompiledPolicy;
  readonly #findSchema: FindSchema;
  /** Of each session, and of all together, for limits of the machine. */
  readonly #windows = new Map<string, Windows>();
  readonly #shared = new Windows(null);
  #now = 0;

  constructor(policy: CompiledPolicy, findSchema: FindSchema) {
    this.#policy = policy;
    this.#findSchema = findSchema;
  }

  judge(call: RecordedCall): Judgement {
    const query = this.#describe(call);
    // Rules go by names: of a call whose own is masked nothing is known.
    if (isUntold(query.name))
      return {
        becomes: 'unknown',
        strictest: 'deny',
        mildest: 'allow',
        rule: 'its name is masked',
        reason: null,
      };
    const strict = decideForms(this.#policy, query);
    const strictest = VERDICTS[strict.verdict];
    const mild = isDoubtful(strict, query) ? decideForms(this.#policy, query, decideMildest) : strict;
    const mildest = VERDICTS[mild.verdict];
    const { rule, reason } = strict;
    const judged = { strictest, mildest, rule, reason };
    if (strictest === 'deny' && mildest === 'deny') return { ...judged, becomes: 'deny' };
    const beyond = this.#count(call, query, strict.limits, strictest === 'ask');
    if (beyond === 'unknown' || mildest !== strictest) return { ...judged, becomes: 'unknown' };
    return beyond === null ? { ...judged, becomes: strictest } : beyond;
  }

  #describe(call: RecordedCall): Query {
    const { tool, server, other, category, risk, arguments: args } = call;
    const [kind, name] = nameQuery(tool, other);
    return {
      kind,
      name,
      args: args.kind === 'told' ? args.json : null,
      schema: tool === null ? null : this.#findSchema(server, tool),
      profile: category === null || risk === null ? null : { category, risk, isSeen: true },
      untold: { isWhole: args.kind === 'untold' || hasMaskedKey(args), isMask: isUntold },
    };
  }

  /** Takes the call's places in its limits; what it meets where one is full, null where there is room. */
  #count(
    call: RecordedCall,
    query: Query,
    limits: readonly AppliedLimit[],
    asks: boolean,
  ): Judgement | 'unknown' | null {
    if (limits.length === 0) return null;
    this.#now = Math.max(this.#now, call.time);
    const [form] = listForms(query);
    const groups: [Windows, AppliedLimit[]][] = [
      [this.#findWindows(call.session), limits.filter(({ scope }) => scope === 'session')],
      [
        this.#shared,
        limits
          .filter(({ scope }) => scope === 'machine')
          .map((limit) => ({ ...limit, scope: 'session' as const })),
      ],
    ];
    const places: Place[] = [];
    for (const [windows, some] of groups) {
      const place = windows.reserve(some, form, this.#now);
      if (place.kind === 'reserved') places.push(place);
      else {
        for (const taken of places) taken.release();
        const isHidden = place.kind === 'unsummable' && hidesSomething(query);
        return isHidden ? 'unknown' : limited('limit', place.limit);
      }
    }
    for (const place of places) {
      // A person who says no, or nobody, leaves the place free.
      if (asks && call.verdict === 'deny') place.release();
      else place.commit(this.#now);
    }
    const beyond = places.find(({ overLimit }) => overLimit !== null)?.overLimit ?? null;
    return asks || beyond === null ? null : limited('ask', beyond);
  }

  #findWindows(session: string): Windows {
    const windows = this.#windows.get(session) ?? new Windows(null);
    this.#windows.delete(session);
    this.#windows.set(session, windows);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > MOST_SESSIONS && oldest !== undefined) this.#windows.delete(oldest);
    return windows;
  }
}

function limited(becomes: 'limit' | 'ask', { rule }: AppliedLimit): Judgement {
  return { becomes, strictest: becomes, mildest: becomes, rule, reason: null };
}

/** Whether it is unknown for some rule if it holds, because of what the log does not tell. */
function isDoubtful({ matched }: Evaluation, query: Query): boolean {
  return hidesSomething(query) && matched.some(({ holds }) => holds === 'unknown');
}

/** Whole arguments that leave a condition unknown are decided as they were then: by the strictest rule. */
function hidesSomething({ untold, args }: Query): boolean {
  return (
    untold?.isWhole === true || (args !== null && (args.includes('[redacted') || args.includes('[cut: ')))
  );
}

function hasMaskedKey(args: RecordedCall['arguments']): boolean {
  return (
    args.kind === 'told' && args.json.includes('[redacted') && MASKED_KEY.test(args.json.toString('latin1'))
  );
}

function nameQuery(tool: string | null, other: RecordedCall['other']): [Ruled, string] {
  if (tool !== null || other === null) return ['tools', tool ?? ''];
  const { method, target } = other;
  if (method.startsWith('resources/')) return ['resources', target];
  if (method === 'prompts/get') return ['prompts', target];
  return [ASKED_BY_SERVERS.includes(method) ? 'server_requests' : 'methods', method];
}
