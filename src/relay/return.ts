import { isSameSubject, type GrantBinding } from '../approval/grants.ts';
import type { Evaluation } from '../policy/policy.ts';
import { digestParams } from '../protocol/digest.ts';
import { type Elicited, readInputResponse } from '../protocol/elicitation.ts';
import { readClientLine } from '../protocol/read-client.ts';
import { openTicket, sealTicket, type Ticket } from '../protocol/request-state.ts';
import { editLine, findInner } from '../wire/edit.ts';
import { attach, hold, seekPerson } from './ask.ts';
import type { Asked } from './asked.ts';
import { bindCall, type Asking } from './bind.ts';
import { takeElicited } from './elicited.ts';
import { refuseExceeded } from './exceed.ts';
import type { Effect } from './event.ts';
import { listQueries } from './query.ts';
import type { Call, OpenRequest } from './request.ts';
import { forward, refuse } from './send.ts';
import type { GoingOn, State } from './state.ts';

/** How long the server's own question to the client may take, and how many of them are remembered. */
const GOING_ON_MS = 3_600_000;
const MOST_GOING_ON = 1_000;

/** What a call that comes again brings along, as proved by the guard's own signature. */
export type Claim =
  /** The answer to a question that still stands; null: it only goes on waiting. */
  | { readonly kind: 'asked'; readonly asked: Asked; readonly elicited: Elicited | null }
  /** A person has allowed the call before its server asked something. */
  | { readonly kind: 'go-on'; readonly allowed: GrantBinding };

/**
 * The call without what the guard gave the client to carry: that is never forwarded, whatever it says. A ticket that is
 * void, used, or of another call claims nothing, and the call is judged as any other.
 */
export function takeBack(state: State, sent: Call, now: number): Returned {
  const raw = sent.call.attachments.get('requestState');
  const text: unknown = raw === undefined ? null : JSON.parse(raw.toString());
  if (typeof text !== 'string') return { call: sent, claim: null };
  const opened = openTicket(text, state.settings.seal, now);
  switch (opened.kind) {
    case 'foreign':
      return { call: sent, claim: null };
    case 'void':
      return { call: editCall(sent, NOTHING), claim: null };
    case 'ticket':
      return opened.ticket.kind === 'go-on'
        ? takeBackAllowed(state, sent, opened.ticket)
        : takeBackAsked(state, sent, opened.ticket);
  }
}

export interface Returned {
  readonly call: Call;
  readonly claim: Claim | null;
}

/** Neither of what a client adds when it calls again. */
const NOTHING = new Map([
  ['requestState', null],
  ['inputResponses', null],
]);

/** The server gets its own `requestState` back, once, and the client's answers to what it asked. */
function takeBackAllowed(state: State, sent: Call, { key, digest }: Ticket): Returned {
  const goingOn = state.goingOn.get(key);
  state.goingOn.delete(key);
  if (goingOn === undefined) return { call: editCall(sent, NOTHING), claim: null };
  const call = editCall(sent, new Map([['requestState', goingOn.requestState]]));
  const isSame = digestParams(call.call.params, 'first') === digest;
  return { call, claim: isSame ? { kind: 'go-on', allowed: goingOn.binding } : null };
}

/** The call as it was when it was held, and what the client says of the question. */
function takeBackAsked(state: State, sent: Call, { key, kind, leg, digest }: Ticket): Returned {
  const asked = state.asked.get(key);
  if (asked === undefined || asked.phase !== 'parked' || asked.legs !== leg) {
    return { call: editCall(sent, NOTHING), claim: null };
  }
  const before = asked.call.call.attachments;
  const call = editCall(
    sent,
    new Map([
      ['requestState', before.get('requestState') ?? null],
      ['inputResponses', before.get('inputResponses') ?? null],
    ]),
  );
  if (digestParams(call.call.params, 'whole') !== digest) return { call, claim: null };
  const responses = sent.call.attachments.get('inputResponses');
  const elicited =
    kind !== 'ask' ? null : responses === undefined ? 'unanswered' : readInputResponse(responses);
  return { call, claim: { kind: 'asked', asked, elicited } };
}

/** Joins a call to its own question, where one still stands; null where none does. */
export function resume(
  state: State,
  call: Call,
  { evaluation, claim }: { readonly evaluation: Evaluation; readonly claim: Claim | null },
  now: number,
): Effect[] | null {
  const asked = claim?.kind === 'asked' ? claim.asked : findOpen(state, call, evaluation, now);
  if (asked === null) return null;
  if (!isSameSubject(bindCall(state, call, asked), asked.binding)) return null;
  if (asked.phase === 'late') return askAgain(state, asked, { call, evaluation }, now);
  attach(state, asked, call, now);
  const elicited = claim?.kind === 'asked' ? claim.elicited : null;
  return elicited === null ? seekPerson(state, asked, now) : takeElicited(state, asked, elicited, now);
}

/** The call was allowed before; the policy has been asked again, the person and the limits need not be. */
export function goOn(state: State, call: Call, allowed: GrantBinding): Effect[] {
  return forward(state, call, { code: 'granted', rule: allowed.rule, allowed });
}

/**
 * The server's answer to a call that a person allowed. Where it asks something first, the client's next round belongs
 * to the same yes: the server's `requestState` is kept here, and a ticket goes out in its place.
 */
export function sendAway(state: State, { allowed }: OpenRequest, line: Buffer, now: number): Buffer {
  if (allowed === undefined) return line;
  if (findInner(line, 'result', 'resultType')?.toString() !== '"input_required"') return line;
  const key = state.settings.createId();
  const expires = now + GOING_ON_MS;
  const { binding, digest } = allowed;
  const ticket = sealTicket({ kind: 'go-on', key, leg: 0, expires, digest }, state.settings.seal);
  const changes = new Map([['requestState', Buffer.from(JSON.stringify(ticket))]]);
  const edited = editLine(line, { outer: 'result', changes });
  if (edited === null) return line;
  remember(state.goingOn, key, {
    binding,
    requestState: findInner(line, 'result', 'requestState'),
    expires,
  });
  return edited;
}

function remember(goingOn: Map<string, GoingOn>, key: string, entry: GoingOn): void {
  goingOn.set(key, entry);
  const [oldest] = goingOn.keys();
  if (goingOn.size > MOST_GOING_ON && oldest !== undefined) goingOn.delete(oldest);
}

/** A question for exactly this call that nobody waits for now. A grant goes before it. */
function findOpen(state: State, call: Call, evaluation: Evaluation, now: number): Asked | null {
  const rules = [evaluation, ...evaluation.limits];
  for (const asked of state.asked.values()) {
    if (
      asked.phase === 'held' ||
      asked.endsAt <= now ||
      asked.call.tool !== call.tool ||
      !rules.some((by) => isAskedBy(asked, by))
    )
      continue;
    const binding = bindCall(state, call, asked);
    if (binding.digest !== asked.binding.digest) continue;
    return state.grants.find(binding, now) === null ? asked : null;
  }
  return null;
}

/** Two files may have rules of one name. */
function isAskedBy(asked: Asked, { rule, layer }: Asking): boolean {
  return asked.rule === rule && asked.layer === layer;
}

/** The call was refused for want of an answer and has come back: the same question waits again. */
function askAgain(
  state: State,
  asked: Asked,
  { call, evaluation }: { readonly call: Call; readonly evaluation: Evaluation },
  now: number,
): Effect[] | null {
  const place = state.windows.reserve(evaluation.limits, listQueries(state, call)[0], now);
  if (place.kind !== 'reserved') {
    const subject = { tool: call.tool, rule: evaluation.rule, reason: evaluation.reason };
    return refuse(state, call, refuseExceeded(subject, place));
  }
  const isAllowed = evaluation.verdict === 'allow' && place.overLimit === null;
  if (isAllowed || !isAskedBy(asked, place.overLimit ?? evaluation)) {
    place.release();
    return null;
  }
  asked.place = place;
  asked.call = call;
  return hold(state, asked, now);
}

/** The call with members of its params set or left out, read again as strictly as it was before. */
function editCall(call: Call, changes: ReadonlyMap<string, Buffer | null>): Call {
  const line = editLine(call.bytes, { outer: 'params', changes });
  const message = line === null ? null : readClientLine(line);
  if (message?.kind !== 'request' || message.call === null || message.call.name !== call.tool) {
    throw new Error('a call could not be written without what the guard had added to it');
  }
  return { ...call, call: message.call, bytes: message.bytes };
}
