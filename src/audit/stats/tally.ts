import type { RecordedCall } from '../read/recorded-call.ts';
import { wasAsked } from '../read/selection.ts';
import { BoundedCounts } from './bounded-counts.ts';
import { Histogram } from './histogram.ts';
import type { QuestionStats, SlowCall, Stats, ToolStats } from './stats.ts';

const MOST_TOOLS = 5_000;
const MOST_REASONS = 1_000;
const MOST_APPROVERS = 100;
const MOST_SESSIONS = 100_000;
/** A year of them. */
const MOST_HOURS = 8_784;
const MOST_SLOW = 5;
/** So many questions about one tool, all answered with yes, are worth a rule. */
const OFTEN = 5;
const OTHERS = '(others)';
const NO_QUESTIONS: Readonly<QuestionStats> = { asked: 0, yes: 0, no: 0, unanswered: 0 };
const FAILURES: ReadonlySet<string> = new Set(['error', 'tool_error', 'lost', 'unreadable']);

type Asked = QuestionStats & { readonly tool: string };
type Reason = { readonly code: string; readonly rule: string | null; calls: number };
type Approver = { readonly approver: string; answers: number };

/** Adds up the calls of a log, in memory that does not grow with it. */
export class Tally {
  #first: number | null = null;
  #last = 0;
  #calls = 0;
  readonly #sessions = new Set<string>();
  readonly #tools = new BoundedCounts<ToolStats>(MOST_TOOLS);
  readonly #reasons = new BoundedCounts<Reason>(MOST_REASONS);
  readonly #questions: QuestionStats = { ...NO_QUESTIONS };
  readonly #asked = new BoundedCounts<Asked>(MOST_TOOLS);
  readonly #answers = new Histogram();
  readonly #approvers = new BoundedCounts<Approver>(MOST_APPROVERS);
  readonly #upstream = new Histogram();
  #slowest: SlowCall[] = [];
  readonly #hours = new Map<number, number>();

  add(call: RecordedCall): void {
    this.#calls++;
    this.#first = Math.min(this.#first ?? call.time, call.time);
    this.#last = Math.max(this.#last, call.time);
    if (this.#sessions.size < MOST_SESSIONS) this.#sessions.add(call.session);
    this.#countTool(call);
    if (call.verdict === 'deny') this.#countReason(call);
    if (wasAsked(call)) this.#countQuestion(call);
    if (call.result !== null) this.#countResult(call, call.result.upstreamMs);
  }

  get stats(): Stats {
    const period = this.#first === null ? null : { first: this.#first, last: this.#last };
    return {
      period,
      calls: this.#calls,
      sessions: this.#sessions.size,
      tools: this.#tools.named.toSorted((a, b) => b.calls - a.calls),
      otherTools: this.#tools.others,
      reasons: [...this.#reasons.named, ...listOthers(this.#reasons)].toSorted((a, b) => b.calls - a.calls),
      questions: { ...this.#questions },
      answerMs: readQuantiles(this.#answers, 0.9),
      approvers: [...this.#approvers.named, ...listOthers(this.#approvers)].toSorted(
        (a, b) => b.answers - a.answers,
      ),
      upstreamMs: readQuantiles(this.#upstream, 0.95),
      slowest: this.#slowest,
      hours: [...this.#hours]
        .toSorted(([a], [b]) => a - b)
        .map(([start, questions]) => ({ start, questions })),
      alwaysAllowed: this.#asked.named
        .filter(({ asked, yes }) => asked >= OFTEN && yes === asked)
        .toSorted((a, b) => b.asked - a.asked)
        .map(({ tool, asked }) => ({ tool, asked })),
    };
  }

  #countTool(call: RecordedCall): void {
    const { server, verdict, dryRun, code, result } = call;
    const counts = this.#tools.get(`${server}\n${nameSubject(call)}`, (isOthers) => ({
      server: isOthers ? OTHERS : server,
      tool: isOthers ? OTHERS : nameSubject(call),
      calls: 0,
      ran: 0,
      approved: 0,
      refused: 0,
      failed: 0,
    }));
    counts.calls++;
    if (verdict === 'deny' && !dryRun) counts.refused++;
    else if (code === 'approved' || code === 'granted') counts.approved++;
    else counts.ran++;
    if (result !== null && FAILURES.has(result.outcome)) counts.failed++;
  }

  #countReason({ code, rule }: RecordedCall): void {
    const create = (isOthers: boolean): Reason => ({
      code: isOthers ? OTHERS : code,
      rule: isOthers ? null : rule,
      calls: 0,
    });
    this.#reasons.get(`${code}\n${rule}`, create).calls++;
  }

  #countQuestion(call: RecordedCall): void {
    const hour = new Date(call.time).setMinutes(0, 0, 0);
    if (this.#hours.has(hour) || this.#hours.size < MOST_HOURS)
      this.#hours.set(hour, (this.#hours.get(hour) ?? 0) + 1);
    const asked = this.#asked.get(`${call.server}\n${nameSubject(call)}`, () => ({
      tool: nameSubject(call),
      ...NO_QUESTIONS,
    }));
    const answer = call.verdict === 'allow' ? 'yes' : call.code === 'approval_denied' ? 'no' : 'unanswered';
    for (const counts of [this.#questions, asked]) {
      counts.asked++;
      counts[answer]++;
    }
    if (call.approver === null || call.waitMs === null) return;
    this.#answers.add(call.waitMs);
    const { approver } = call;
    this.#approvers.get(approver, (isOthers) => ({ approver: isOthers ? OTHERS : approver, answers: 0 }))
      .answers++;
  }

  #countResult(call: RecordedCall, ms: number): void {
    this.#upstream.add(ms);
    if (this.#slowest.length === MOST_SLOW && ms <= (this.#slowest.at(-1)?.ms ?? 0)) return;
    const { session, seq } = call;
    const slow = { session, seq, tool: nameSubject(call), ms };
    this.#slowest = [...this.#slowest, slow].toSorted((a, b) => b.ms - a.ms).slice(0, MOST_SLOW);
  }
}

function nameSubject({ tool, other }: RecordedCall): string {
  return tool ?? other?.method ?? '';
}

function readQuantiles(histogram: Histogram, part: number): { median: number; most: number } | null {
  const [median, most] = [histogram.findQuantile(0.5), histogram.findQuantile(part)];
  return median === null || most === null ? null : { median, most };
}

function listOthers<T>({ others }: BoundedCounts<T>): T[] {
  return others === null ? [] : [others];
}
