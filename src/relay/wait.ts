import { renderProgress } from '../protocol/progress.ts';
import { forget, makeLate, seekPerson } from './ask.ts';
import { BEAT_MS, MOST_LEGS, shortenTimes, type Asked } from './asked.ts';
import { endWait } from './answer.ts';
import { canTurnToClient, park, turnToClient } from './elicit.ts';
import type { Effect } from './event.ts';
import { logRefusal, readProgressToken } from './send.ts';
import type { State } from './state.ts';

/** What is due now: of each question at most one thing that ends its phase. */
export function passTime(state: State, now: number): Effect[] {
  return [...state.asked.values()].flatMap((asked) =>
    state.asked.has(asked.key) ? passQuestion(state, asked, now) : [],
  );
}

/** The machine slept: whatever is measured by a person's or a client's clock went on. */
export function passSleep(state: State, ms: number, now: number): Effect[] {
  for (const asked of state.asked.values()) shortenTimes(asked, ms);
  state.grants.shorten(ms);
  state.memory.shorten(ms);
  return passTime(state, now);
}

function passQuestion(state: State, asked: Asked, now: number): Effect[] {
  if (asked.endsAt <= now) return endPhase(state, asked, now);
  if (asked.phase !== 'held') return [];
  if (isDue(asked.legEndsAt, now)) {
    return asked.legs < MOST_LEGS ? park(state, asked, null, now) : endWait(state, asked, now);
  }
  if (isDue(asked.turnAt, now)) {
    asked.turnAt = null;
    if (canTurnToClient(state, asked)) return turnToClient(state, asked, now);
  }
  if (isDue(asked.seekAt, now)) {
    asked.seekAt = null;
    const effects = seekPerson(state, asked, now);
    if (effects.length > 0) return effects;
  }
  return isDue(asked.beatAt, now) ? beat(asked, now) : [];
}

function endPhase(state: State, asked: Asked, now: number): Effect[] {
  switch (asked.phase) {
    case 'held':
      return endWait(state, asked, now);
    case 'late':
      return forget(state, asked, 'nobody answered', now);
    case 'parked': {
      // No request is open that could be answered: the client was sent away, and has not called again.
      const refusal = { code: 'approval_timeout', rule: asked.rule } as const;
      const log = logRefusal(state, asked.call, refusal, { waitMs: now - asked.askedAt });
      return [log, ...makeLate(state, asked, now)];
    }
  }
}

/** Keeps a client patient that measures its time-out from the last it heard. */
function beat(asked: Asked, now: number): Effect[] {
  const token = readProgressToken(asked.call);
  asked.beatAt = now + BEAT_MS;
  if (token === null) return [];
  asked.beats += 1;
  return [
    { kind: 'to-client', bytes: renderProgress(token, asked.beats, 'mcp-guard: a person is being asked') },
  ];
}

function isDue(at: number | null, now: number): boolean {
  return at !== null && at <= now;
}
