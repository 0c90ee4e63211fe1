import type { CompiledPolicy } from '../policy/compile.ts';
import type { Outcome } from '../policy/file/reload.ts';
import type { PolicySet } from '../policy/policy.ts';
import { isSameSubject } from '../approval/grants.ts';
import { forget } from './ask.ts';
import type { Asked } from './asked.ts';
import { bindCall } from './bind.ts';
import { admitCall, admitOther, judgeCall } from './call.ts';
import type { Effect, Event } from './event.ts';
import type { State } from './state.ts';

const KEPT = 'a changed policy file cannot be used; what was good last holds';

/** What became of a saved policy, as the session hears it. */
export function describeOutcome(outcome: Outcome, compile: (set: PolicySet) => CompiledPolicy): Event {
  if (outcome.kind === 'kept') return { ...outcome, kind: 'policy-kept' };
  return { kind: 'policy', policy: compile(outcome.set), notices: outcome.notices };
}

/** A saved policy holds from here on, for what waits as well; one that cannot be used is told of, and the last one stays. */
export function takeReload(
  state: State,
  event: Extract<Event, { kind: 'policy' | 'policy-kept' }>,
  now: number,
): Effect[] {
  if (event.kind === 'policy-kept') {
    const { why, summary } = event;
    return [
      { kind: 'log', entry: { event: 'policy', outcome: 'kept', reason: summary, files: listFiles(state) } },
      { kind: 'note', level: 'warn', text: KEPT, below: why },
      { kind: 'policy', text: summary, isBroken: true },
    ];
  }
  state.policy = event.policy;
  const text = 'the policy was changed, and holds from now on';
  return [
    { kind: 'log', entry: { event: 'policy', outcome: 'loaded', reason: null, files: listFiles(state) } },
    { kind: 'note', level: 'info', text },
    ...event.notices.map((notice) => ({ kind: 'note', level: 'info', text: notice }) as const),
    { kind: 'policy', text, isBroken: false },
    ...[...state.asked.values()].flatMap((asked) => judgeAgain(state, asked, now)),
  ];
}

/** A question whose answer the policy now gives itself, or that another rule asks, is no longer the same question. */
function judgeAgain(state: State, asked: Asked, now: number): Effect[] {
  if (isStillAsked(state, asked)) return [];
  const { phase, call } = asked;
  const gone = forget(state, asked, 'the policy has changed', now);
  if (phase !== 'held') return gone;
  return [...gone, ...(call.other === null ? admitCall : admitOther)(state, call, now)];
}

function isStillAsked(state: State, asked: Asked): boolean {
  const { call, binding, rule, layer, judged } = asked;
  const evaluation = judgeCall(state, call);
  const isSame = (['verdict', 'rule', 'layer'] as const).every((key) => evaluation[key] === judged[key]);
  const asks = [evaluation, ...evaluation.limits].some((by) => by.rule === rule && by.layer === layer);
  // The text of the rule, or of a limit that asks, is in the binding.
  return isSame && asks && isSameSubject(bindCall(state, call, { rule, layer }), binding);
}

function listFiles({ policy }: State): string[] {
  return policy.set.layers.flatMap((layer) => layer.policy.file ?? []);
}
