import { listFiles, type CompiledPolicy } from '../policy/compile.ts';
import type { Outcome } from '../policy/file/reload.ts';
import { decide } from '../policy/decide.ts';
import type { PolicySet } from '../policy/policy.ts';
import type { Effect, Event } from './event.ts';
import { describeListed } from './query.ts';
import { judgeAgain } from './judge-again.ts';
import type { State } from './state.ts';

/** Only where the server announces such changes itself, so that the client listens for them. */
const TOOLS_CHANGED: Effect = {
  kind: 'to-client',
  bytes: Buffer.from('{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n'),
};
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
      {
        kind: 'log',
        entry: { event: 'policy', outcome: 'kept', reason: summary, files: listFiles(state.policy.set) },
      },
      { kind: 'note', level: 'warn', text: KEPT, below: why },
      { kind: 'policy', text: summary, isBroken: true },
    ];
  }
  const hidden = listHidden(state);
  state.policy = event.policy;
  const announced = listHidden(state).join(' ') === hidden.join(' ') ? [] : [TOOLS_CHANGED];
  const text = 'the policy was changed, and holds from now on';
  return [
    {
      kind: 'log',
      entry: { event: 'policy', outcome: 'loaded', reason: null, files: listFiles(state.policy.set) },
    },
    { kind: 'note', level: 'info', text },
    ...event.notices.map((notice) => ({ kind: 'note', level: 'info', text: notice }) as const),
    { kind: 'policy', text, isBroken: false },
    ...announced,
    ...[...state.asked.values()].flatMap((asked) => judgeAgain(state, asked, 'the policy has changed', now)),
  ];
}

/** The tools that the client was told of, or would be, and is not to see. */
function listHidden(state: State): readonly string[] {
  if (!state.announcesTools || state.settings.dryRun) return [];
  return state.tools.names.filter((name) => decide(state.policy, describeListed(state, name)).hide);
}
