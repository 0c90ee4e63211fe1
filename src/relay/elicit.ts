import { isGrave } from '../approval/grave.ts';
import { renderMessage } from '../approval/render-message.ts';
import {
  canElicit,
  isObject,
  parseObject,
  renderElicitation,
  renderInputRequired,
} from '../protocol/elicitation.ts';
import { sealTicket } from '../protocol/request-state.ts';
import { allowsChannel, ELICITED_MS, type Asked } from './asked.ts';
import type { Effect } from './event.ts';
import { createQuestion } from './question.ts';
import type { Call } from './request.ts';
import type { State } from './state.ts';

const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
/** The first version with elicitation. */
const ELICITING = '2025-06-18';

/** Whether the client can put this question before a person, whole. */
export function canTurnToClient(state: State, asked: Asked): boolean {
  return (
    asked.client === 'unasked' &&
    asked.phase === 'held' &&
    allowsChannel(asked.approval, 'client') &&
    canReach(state, asked.call) &&
    !isTooGrave(state, asked) &&
    renderMessage(createQuestion(state, asked, 0)) !== null
  );
}

/**
 * Clients can be set to answer by themselves, so what cannot be undone, and what is not the tool that it was, is never
 * theirs to allow, unless the rule itself says so.
 */
export function isTooGrave(state: State, asked: Asked): boolean {
  return !asked.namesChannels && isGrave(createQuestion(state, asked, 0));
}

/** Asks through the client: by a request of the guard's own, or by sending the client away with a question. */
export function turnToClient(state: State, asked: Asked, now: number): Effect[] {
  const message = renderMessage(createQuestion(state, asked, now));
  if (message === null) return [];
  asked.turnAt = null;
  asked.client = 'asked';
  if (asked.call.era === 'modern') return park(state, asked, message, now);
  if (state.elicitation !== null) {
    asked.client = 'queued';
    return [];
  }
  const id = `${idPrefix(state)}${++state.elicitations}`;
  state.elicitation = { id, key: asked.key };
  return [{ kind: 'to-client', bytes: renderElicitation(id, message) }];
}

/**
 * Answers the request so that the client calls again: with a question for its person, or (`message` null) just to go on
 * waiting. Meanwhile no request is open, so no time-out of the client runs.
 */
export function park(state: State, asked: Asked, message: string | null, now: number): Effect[] {
  const { call, approval, key, binding } = asked;
  state.open.delete(call.id.key);
  asked.phase = 'parked';
  asked.legs += 1;
  asked.legEndsAt = null;
  asked.beatAt = null;
  if (message !== null && approval.timeoutMs === null) asked.endsAt = now + ELICITED_MS;
  const kind = message === null ? 'wait' : 'ask';
  const ticket = { kind, key, leg: asked.legs, expires: asked.endsAt, digest: binding.digest } as const;
  const bytes = renderInputRequired(call.id, sealTicket(ticket, state.settings.seal), message);
  return [{ kind: 'to-client', bytes }];
}

/** The question is over: its dialog in the client closes, and the next one opens. */
export function endElicitation(state: State, asked: Asked, now: number): Effect[] {
  if (state.elicitation?.key !== asked.key) return [];
  const params = { requestId: state.elicitation.id, reason: 'answered elsewhere, or no longer wanted' };
  state.elicitation = null;
  const line = `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params })}\n`;
  return [{ kind: 'to-client', bytes: Buffer.from(line) }, ...turnNext(state, now)];
}

/** The next question that waits for the client's dialog. */
export function turnNext(state: State, now: number): Effect[] {
  if (state.elicitation !== null) return [];
  const next = [...state.asked.values()].find(({ client, phase }) => client === 'queued' && phase === 'held');
  return next === undefined ? [] : turnToClient(state, next, now);
}

function canReach({ client }: State, { era, call, other }: Call): boolean {
  // Only a tools/call can be sent away with a question.
  if (other !== null && era === 'modern') return false;
  if (era === 'modern') return canElicit(readCapabilities(call.params));
  return client.elicits && client.isReady && client.version !== null && client.version >= ELICITING;
}

/** 2026-07-28: "no state should be inferred from previous requests", so each request says what its client can. */
function readCapabilities(params: Buffer): unknown {
  const meta = parseObject(params)?.['_meta'];
  return isObject(meta) ? meta[CAPABILITIES] : undefined;
}

/** How the ids of the guard's own requests begin: no server can guess it. */
export function idPrefix({ settings }: State): string {
  return `mcp-guard:${settings.seal.instance}:`;
}
