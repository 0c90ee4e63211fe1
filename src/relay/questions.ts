import type { StoredGrant } from '../approval/grant-store.ts';
import { describeChoice } from '../approval/describe-choice.ts';
import type { ListedGrant } from '../approval/hub/console-message.ts';
import type { Hub, HubListener } from '../approval/hub/hub.ts';
import type { Answer, Asker, Question } from '../approval/question.ts';
import type { Proposal } from '../policy/always/proposal.ts';
import type { Effect, Event, Keepsake, Timing } from './event.ts';

/** What a session asks of the places where people are asked. */
export type QuestionEffect = Extract<
  Effect,
  { kind: 'ask' | 'late' | 'withdraw' | 'open' | 'remember' | 'policy' }
>;

type Ask = Extract<Effect, { kind: 'ask' }>;
type Open = Extract<Effect, { kind: 'open' }>;

/** The rule that asked about a tool, and the file it stands in. */
export type RuleAsked = Pick<Question, 'tool' | 'rule'> & Pick<Ask, 'layer' | 'profile'>;

/** What questions need of the world; each is made when it is first needed. */
export interface Desk {
  /** The guard's own terminal. */
  readonly openTerminal: (propose: (key: string) => Promise<Proposal>) => Promise<Asker>;
  /** Consoles; null where no socket can be had. */
  readonly openHub: (listener: HubListener) => Promise<Hub | null>;
  /** Opens a window on the questions; settles when it has gone, with the reason. */
  readonly openWindow: (wish: Omit<Open, 'kind'>) => Promise<string>;
  /** Writes the rule of an "always" into the policy; null, or why not. */
  readonly writeRule: (question: RuleAsked) => Promise<string | null>;
  readonly propose: (question: RuleAsked) => Promise<Proposal>;
  readonly warn: (text: string) => void;
  /** Whether somebody refuses everything now. */
  readonly isPaused: () => boolean;
  /** Grants that were given before this run. */
  readonly recall: () => Promise<readonly { readonly grant: StoredGrant; readonly leftMs: number }[]>;
  /** Keeps a yes that outlives the session; `lastsMs` from now. */
  readonly keep: (grant: Keepsake, lastsMs: number) => Promise<void>;
}

/** What questions need of the session. */
export interface Hearing {
  readonly hear: (event: Event) => void;
  readonly status: () => { allowed: number; denied: number; paused: boolean };
  readonly grants: () => readonly ListedGrant[];
}

type Answered = Extract<Answer, { approver: unknown }>;

interface Standing extends Ask {
  readonly withdrawn: AbortController;
  /** It stands on the guard's terminal. */
  isOnTerminal: boolean;
  isLate: boolean;
  timing: Timing;
}

/** The questions that stand open, and the places where they do; the first answer counts and closes the others. */
export class Questions {
  readonly #desk: Desk;
  readonly #session: Hearing;
  readonly #standing = new Map<string, Standing>();
  #terminal: Promise<Asker> | null = null;
  #hub: Hub | null = null;
  #opening: Promise<void> | null = null;
  #isWindowOpen = false;

  constructor(desk: Desk, session: Hearing) {
    this.#desk = desk;
    this.#session = session;
  }

  /** Recalls what holds from before, and lets consoles in; what stands already is shown to them. */
  async open(): Promise<void> {
    this.#lookForPause();
    for (const { grant, leftMs } of await this.#desk.recall()) {
      this.#session.hear({ kind: 'remembered', grant, leftMs });
    }
    this.#session.hear({ kind: 'hub', is: 'opening' });
    this.#opening = this.#desk.openHub(this.#listen()).then((hub) => {
      this.#hub = hub;
      this.#session.hear({ kind: 'hub', is: hub === null ? 'closed' : 'listening' });
      // Whoever paused before the socket was there could not tell this guard.
      this.#lookForPause();
      for (const standing of this.#standing.values()) this.#post(standing);
    });
  }

  get isTerminalBusy(): boolean {
    for (const { isOnTerminal } of this.#standing.values()) if (isOnTerminal) return true;
    return false;
  }

  perform(effect: QuestionEffect): void {
    switch (effect.kind) {
      case 'ask':
        return this.#ask(effect);
      case 'late':
        return this.#makeLate(effect.key, effect.timing);
      case 'withdraw':
        return this.#withdraw(effect.key, effect.why);
      case 'open':
        return this.#openWindow(effect);
      case 'remember':
        return void this.#desk.keep(effect.grant, effect.lastsMs);
      case 'policy':
        return this.#hub?.tellPolicy(effect.text, effect.isBroken);
    }
  }

  #ask(effect: Ask): void {
    const standing: Standing = {
      ...effect,
      withdrawn: new AbortController(),
      isOnTerminal: effect.places.terminal,
      isLate: false,
    };
    this.#standing.set(effect.question.key, standing);
    this.#post(standing);
    if (standing.isOnTerminal) this.#askTerminal(standing);
  }

  /** Refused, but consoles may still say yes. */
  #makeLate(key: string, timing: Timing): void {
    const standing = this.#standing.get(key);
    if (standing === undefined) return;
    this.#takeFromTerminal(standing, 'no answer in time');
    standing.isLate = true;
    standing.timing = timing;
    this.#post(standing);
  }

  #withdraw(key: string, why: string): void {
    const standing = this.#standing.get(key);
    if (standing === undefined) return;
    this.#standing.delete(key);
    this.#takeFromTerminal(standing, why);
    this.#hub?.close(key, why);
  }

  /** One window at a time: all questions are seen in it. */
  #openWindow({ opening, tool }: Omit<Open, 'kind'>): void {
    if (this.#isWindowOpen) return;
    this.#isWindowOpen = true;
    void this.#desk
      .openWindow({ opening, tool })
      .catch(String)
      .then((why) => {
        this.#isWindowOpen = false;
        this.#session.hear({ kind: 'no-window', why });
      });
  }

  /** The rule that "always" would write. */
  async propose(key: string): Promise<Proposal> {
    const standing = this.#standing.get(key);
    if (standing === undefined) return { kind: 'impossible', why: 'the question is over' };
    const { question, layer, profile } = standing;
    return this.#desk.propose({ ...question, layer, profile });
  }

  /** Withdraws all and gives the terminal and the socket back. */
  async close(): Promise<void> {
    for (const key of this.#standing.keys()) this.#withdraw(key, 'the session has ended');
    await this.#opening?.catch(() => {});
    await this.#hub?.end();
    const terminal = await this.#terminal?.catch(() => null);
    await terminal?.close();
  }

  #listen(): HubListener {
    const { hear, status, grants } = this.#session;
    return {
      onConsoles: (count) => hear({ kind: 'consoles', count }),
      onAnswer: (key, choice) => void this.#answer(key, { ...choice, approver: 'console' }, 'in a console'),
      onAttend: (key) => hear({ kind: 'attended', key }),
      onPause: (on) => hear({ kind: 'paused', on }),
      onRevoke: (id) => hear({ kind: 'revoked', id }),
      onTrouble: (why) => this.#desk.warn(why),
      propose: (key) => this.propose(key),
      status,
      grants,
    };
  }

  #lookForPause(): void {
    if (this.#desk.isPaused()) this.#session.hear({ kind: 'paused', on: true });
  }

  #post({ question, timing, isLate, places }: Standing): void {
    if (places.console) this.#hub?.post(question, { ...timing, isLate });
  }

  #askTerminal(standing: Standing): void {
    const { question, withdrawn } = standing;
    this.#terminal ??= this.#desk.openTerminal((key) => this.propose(key));
    void this.#terminal
      .then((terminal) => terminal.ask(question, withdrawn.signal))
      .catch((error: unknown): Answer => ({ kind: 'unavailable', why: `asking failed: ${String(error)}` }))
      .then((answer) => {
        // What is taken from the terminal is answered somewhere else, or not at all.
        if (!standing.isOnTerminal) return;
        standing.isOnTerminal = false;
        // The session counts the time, and for all places alike.
        if (answer.kind === 'timeout') return;
        if (answer.kind === 'unavailable') this.#session.hear({ kind: 'answer', key: question.key, answer });
        else void this.#answer(question.key, answer, 'in the terminal');
      });
  }

  async #answer(key: string, answer: Answered, where: string): Promise<void> {
    const standing = this.#standing.get(key);
    if (standing === undefined) return;
    // From here on nobody else can answer.
    this.#standing.delete(key);
    this.#hub?.close(key, `${describeChoice(answer)} ${where}`);
    this.#takeFromTerminal(standing, `${describeChoice(answer)} ${where}`);
    const isAlways = answer.kind === 'yes' && answer.lasts.kind === 'always';
    const counted = isAlways ? await this.#writeAlways(standing, answer) : answer;
    this.#session.hear({ kind: 'answer', key, answer: counted });
  }

  /** An "always" that could not be written is a yes to this call, and no more. */
  async #writeAlways(
    { question, layer, profile }: Standing,
    answer: Answered & { kind: 'yes' },
  ): Promise<Answered> {
    const why = await this.#desk.writeRule({ ...question, layer, profile }).catch(String);
    if (why === null) return answer;
    this.#desk.warn(`the rule for ${question.tool} could not be written, so it is allowed once: ${why}`);
    return { ...answer, scope: 'once' };
  }

  #takeFromTerminal(standing: Standing, why: string): void {
    standing.isOnTerminal = false;
    standing.withdrawn.abort(why);
  }
}
