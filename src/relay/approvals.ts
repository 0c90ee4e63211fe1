import type { ListedGrant } from '../approval/hub/console-message.ts';
import { forget, seekPerson } from './ask.ts';
import { type Asked, GRACE_MS, OPENING_MS } from './asked.ts';
import type { Effect, Event } from './event.ts';
import { refuse } from './send.ts';
import type { State } from './state.ts';
import * as wording from '../protocol/wording.ts';

/** What happens in consoles and windows, beside answers. */
export type ApprovalEvent = Extract<
  Event,
  { kind: 'hub' | 'consoles' | 'attended' | 'no-window' | 'paused' | 'revoked' | 'remembered' }
>;

const GRACE = { opening: OPENING_MS, listening: GRACE_MS, closed: 0 };

/** What it does to the session. */
export function hearApprovals(state: State, event: ApprovalEvent, now: number): Effect[] {
  switch (event.kind) {
    case 'hub':
      state.graceUntil = now + GRACE[event.is];
      return forEach(state, (asked) => seekPerson(state, asked, now));
    case 'consoles':
      state.consoles = event.count;
      return event.count > 0 ? [] : forEach(state, (asked) => seekPerson(state, asked, now));
    case 'attended': {
      const asked = state.asked.get(event.key);
      // Somebody reacted: the client need not be asked too.
      if (asked !== undefined) asked.turnAt = null;
      return [];
    }
    case 'no-window':
      return forEach(state, (asked) => {
        asked.isOpening = false;
        return seekPerson(state, asked, now);
      });
    case 'paused':
      return pause(state, event.on, now);
    case 'revoked':
      return revoke(state, event.id);
    case 'remembered':
      return remember(state, event, now);
  }
}

/** The remembered answers, as consoles list them. */
export function listGrants(state: State, now: number): ListedGrant[] {
  return state.grants.list(now).map(({ id, binding, scope, until, left }) => ({
    id,
    server: state.settings.server,
    tool: binding.tool,
    rule: binding.rule,
    scope,
    leftMs: until === null ? null : until - now,
    leftCalls: left,
  }));
}

/** Refuses everything that waits, and everything that comes until it is lifted. */
function pause(state: State, on: boolean, now: number): Effect[] {
  if (state.paused === on) return [];
  state.paused = on;
  const log: Effect = { kind: 'log', entry: { event: 'pause', on } };
  if (!on) return [log];
  const refused = forEach(state, (asked) => {
    const { call, rule, phase, askedAt } = asked;
    const gone = forget(state, asked, 'everything is paused', now);
    if (phase !== 'held') return gone;
    const refusal = wording.paused({ tool: call.tool, rule, reason: null });
    return [...gone, ...refuse(state, call, refusal, { waitMs: now - askedAt })];
  });
  return [log, ...refused];
}

function revoke(state: State, id: string): Effect[] {
  const grant = state.grants.revoke(id);
  if (grant === null) return [];
  const { tool, rule } = grant.binding;
  return [{ kind: 'log', entry: { event: 'revoke', tool, rule } }];
}

/** A grant of another server, or for other words of a rule, simply covers nothing. */
function remember(
  state: State,
  { grant, leftMs }: Extract<ApprovalEvent, { kind: 'remembered' }>,
  now: number,
): Effect[] {
  const { id, binding, scope } = grant;
  state.grants.add({
    id,
    binding,
    scope,
    until: now + leftMs,
    left: null,
    isPass: false,
    approver: 'console',
  });
  return [];
}

function forEach(state: State, act: (asked: Asked) => Effect[]): Effect[] {
  return [...state.asked.values()].flatMap((asked) => (state.asked.has(asked.key) ? act(asked) : []));
}
