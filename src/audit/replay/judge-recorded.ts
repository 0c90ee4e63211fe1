import type { CompiledPolicy } from '../../policy/compile.ts';
import { listForms } from '../../policy/decide-forms.ts';
import type { Exceeded, Place } from '../../policy/limit/windows.ts';
import { foresee, joinOutlooks, type Outlook } from '../../policy/outlook.ts';
import { ACTIONS, type Action, type AppliedLimit, type Query } from '../../policy/policy.ts';
import { isUntold } from '../mask.ts';
import type { RecordedCall } from '../read/recorded-call.ts';
import { listRecordedQueries, type FindSchema } from './recorded-query.ts';
import { RecordedWindows } from './recorded-windows.ts';
import type { Becomes, Was } from './replay.ts';

export type { FindSchema } from './recorded-query.ts';

/** What a policy says of a recorded call. */
export interface Judgement {
  readonly becomes: Becomes;
  /** The same as `becomes` where that is known. */
  readonly strictest: Was;
  readonly mildest: Was;
  readonly rule: string;
  readonly reason: string | null;
  /** The paths of arguments that it hangs on, where it is not known. */
  readonly missed: readonly string[];
}

const VERDICTS: Readonly<Record<Action, Was>> = { allow: 'allow', require_approval: 'ask', deny: 'deny' };

const NAMELESS: Judgement = {
  becomes: 'unknown',
  strictest: 'deny',
  mildest: 'allow',
  rule: 'its name is masked',
  reason: null,
  missed: [],
};

/** Decides recorded calls, in their order, with limits counted as they would have been. */
export class Judge {
  readonly #policy: CompiledPolicy;
  readonly #findSchema: FindSchema;
  readonly #windows = new RecordedWindows();

  constructor(policy: CompiledPolicy, findSchema: FindSchema) {
    this.#policy = policy;
    this.#findSchema = findSchema;
  }

  /** Null where the line does not tell what the call was about. */
  judge(call: RecordedCall): Judgement | null {
    const policy = this.#policy;
    // Rules go by names: of a call whose own is masked nothing is known.
    if (isUntold(call.tool ?? call.other?.target ?? '')) return NAMELESS;
    const queries = listRecordedQueries(call, this.#findSchema);
    if (queries === null) return null;
    const [first, ...rest] = queries;
    // Methods are asked about where the policy has a word on them, so that nothing hangs on their params elsewhere.
    const outlook = rest
      .filter(({ query }) => policy.speaksOf.has(query.kind))
      .map(({ query, gaps }) => foresee(policy, query, gaps))
      .reduce(joinOutlooks, foresee(policy, first.query, first.gaps));
    return this.#count(call, listForms(first.query)[0], outlook);
  }

  #count(call: RecordedCall, query: Query, outlook: Outlook): Judgement {
    const { strictest, limits } = outlook;
    const now = this.#windows.meet(call.time);
    if (isOnly(outlook, 'deny')) return say(outlook, 'deny');
    const whole = this.#windows.reserve(strictest.limits, query, call);
    if (whole.kind === 'reserved') return this.#take(whole, { call, outlook, now, mayExceed: false });
    const isCertain = limits.length === strictest.limits.length;
    const certain = isCertain ? whole : this.#windows.reserve(limits, query, call);
    if (certain.kind !== 'reserved') return sayLimited(outlook, certain);
    return this.#take(certain, { call, outlook, now, mayExceed: true });
  }

  /** A call counts where it would run: where it is allowed, and where it ran and a person would be asked again. */
  #take(place: Place, { call, outlook, now, mayExceed }: Taken): Judgement {
    const { overLimit } = place;
    const isDoubted = mayExceed || (overLimit !== null && !outlook.limits.includes(overLimit));
    const becomes = isDoubted ? 'unknown' : findOutcome(outlook, overLimit);
    const ran = call.verdict === 'allow' || call.dryRun;
    if (becomes === 'allow' || ran) place.commit(now);
    else place.release();
    if (becomes === 'ask' && overLimit !== null && !isOnly(outlook, 'require_approval')) {
      return { ...say(outlook, becomes), rule: overLimit.rule, reason: describeLimit(overLimit) };
    }
    return say(outlook, becomes, mayExceed);
  }
}

interface Taken {
  readonly call: RecordedCall;
  readonly outlook: Outlook;
  readonly now: number;
  /** Whether a limit of which it is not told that it counts the call has no room for it. */
  readonly mayExceed: boolean;
}

function findOutcome({ verdicts }: Outlook, overLimit: AppliedLimit | null): Becomes {
  if (overLimit !== null && !verdicts.has('deny')) return 'ask';
  const [only, ...others] = verdicts;
  return only === undefined || others.length > 0 ? 'unknown' : VERDICTS[only];
}

function isOnly({ verdicts }: Outlook, action: Action): boolean {
  return verdicts.size === 1 && verdicts.has(action);
}

function say({ strictest, verdicts, missed }: Outlook, becomes: Becomes, mayExceed = false): Judgement {
  const { rule, reason } = strictest;
  if (becomes !== 'unknown')
    return { becomes, strictest: becomes, mildest: becomes, rule, reason, missed: [] };
  const between = ACTIONS.filter((action) => verdicts.has(action)).map((action) => VERDICTS[action]);
  const [mildest = 'deny'] = between;
  const last = between.at(-1) ?? 'deny';
  return { becomes, strictest: mayExceed && last !== 'deny' ? 'limit' : last, mildest, rule, reason, missed };
}

function sayLimited(outlook: Outlook, exceeded: Exceeded): Judgement {
  const { limit } = exceeded;
  const reason = exceeded.kind === 'exceeded' ? describeLimit(limit) : exceeded.why;
  return { ...say(outlook, 'limit'), rule: limit.rule, reason };
}

function describeLimit({ measure, windowMs }: AppliedLimit): string {
  const what = measure.kind === 'sum' ? `${measure.max} of ${measure.of.text}` : `${measure.max} calls`;
  return `over ${what} in ${windowMs / 1000} s`;
}
