import { readValue } from '../wire/value.ts';
import type { CompiledPolicy } from './compile.ts';
import type { Truth } from './condition/condition.ts';
import { compilePath } from './condition/find-value.ts';
import { holdsUntold } from './condition/untold-value.ts';
import { decideForms, mergeEvaluations } from './decide-forms.ts';
import { ACTIONS, type Action, type AppliedLimit, type Evaluation, type Query, type Rule } from './policy.ts';
import type { Untold } from './untold.ts';

/** What a record of a call keeps to itself. */
export interface Gaps {
  /** The arguments as a whole: the query has none, though the call may have had some. */
  readonly all: boolean;
  /** Whether a string of the arguments stands for something else. */
  readonly isUntold: (text: string) => boolean;
  /** Whether what is not told names the guard's own files, where that is known otherwise. */
  readonly namesOwnFiles: Truth;
}

/** What the policy says of a call of which not all is told. */
export interface Outlook {
  /** As `decide` has it: everything that is not told is taken the strict way. */
  readonly strictest: Evaluation;
  /** Every verdict that what is not told may lead to; a question that nobody can be asked counts as a deny. */
  readonly verdicts: ReadonlySet<Action>;
  /** The limits that count the call whatever is not told, and by an amount that is told. */
  readonly limits: readonly AppliedLimit[];
  /** What the verdict may hang on: paths of arguments. */
  readonly missed: readonly string[];
}

/** Rules with a doubt are followed both ways, one by one; of a call with more of them nothing milder is ruled out. */
const MOST_DOUBTS = 6;

/** Decides a query from a record of the call, the strict way and every other way it may have been. */
export function foresee(policy: CompiledPolicy, query: Query, gaps: Gaps): Outlook {
  const doubts = new Doubts(query, gaps);
  const asked: Query = doubts.isComplete ? query : { ...query, untold: doubts };
  const strictest = decideForms(policy, asked);
  const others = doubts.suppositions().map((supposed) => {
    doubts.supposed = supposed;
    return decideForms(policy, asked);
  });
  const verdicts = new Set([strictest, ...others].map(settle));
  if (doubts.areTooMany) verdicts.add('allow').add('require_approval');
  const certain = doubts.areTooMany
    ? []
    : strictest.limits.filter((limit) => others.every(({ limits }) => limits.includes(limit)));
  const limits = certain.filter((limit) => {
    const path = doubts.isComplete ? null : findUntoldAmount(limit, asked, gaps);
    if (path !== null) doubts.missed.add(path);
    return path === null;
  });
  return { strictest, verdicts, limits, missed: [...doubts.missed] };
}

/** What the policy says of both: a call that has to pass them all. */
export function joinOutlooks(a: Outlook, b: Outlook): Outlook {
  const verdicts = [...a.verdicts].flatMap((one) => [...b.verdicts].map((other) => pickStricter(one, other)));
  return {
    strictest: mergeEvaluations(a.strictest, b.strictest),
    verdicts: new Set(verdicts),
    limits: [...a.limits, ...b.limits.filter((limit) => !a.limits.includes(limit))],
    missed: [...new Set([...a.missed, ...b.missed])],
  };
}

function pickStricter(a: Action, b: Action): Action {
  return ACTIONS.indexOf(a) > ACTIONS.indexOf(b) ? a : b;
}

/** A verdict as it ends: where the policy lists no channel to ask on, the call is refused. */
function settle({ verdict, approval }: Evaluation): Action {
  return verdict === 'require_approval' && approval.channels?.length === 0 ? 'deny' : verdict;
}

/** The path of what a limit adds up, where that is not told. */
function findUntoldAmount({ measure }: AppliedLimit, { args }: Query, gaps: Gaps): string | null {
  if (measure.kind === 'calls') return null;
  let missed: string | null = null;
  const untold = { all: gaps.all, isUntold: gaps.isUntold, miss: (path: string) => void (missed = path) };
  compilePath(measure.of)({ args: args === null ? null : readValue(args), schema: null, untold });
  return missed;
}

const OWN_FILES = 'own-files';

/** Which conditions hang on what is not told, found while the policy is asked, then supposed one way or the other. */
class Doubts implements Untold {
  readonly all: boolean;
  readonly isUntold: Gaps['isUntold'];
  readonly isComplete: boolean;
  readonly missed = new Set<string>();
  /** Null while doubts are gathered: each is then unknown. */
  supposed: ReadonlyMap<Rule | typeof OWN_FILES, boolean> | null = null;
  readonly #found = new Set<Rule | typeof OWN_FILES>();
  readonly #namesOwnFiles: Truth;
  #missed: string[] = [];

  constructor({ kind, args }: Query, { all, isUntold, namesOwnFiles }: Gaps) {
    this.all = all;
    this.isUntold = isUntold;
    this.#namesOwnFiles = namesOwnFiles;
    this.isComplete = !all && (args === null || !holdsUntold(readValue(args), { isUntold }));
    // From the start: a rule that only may hold can hide that it comes to this.
    if (namesOwnFiles === 'unknown' && kind === 'tools' && !this.isComplete) this.#found.add(OWN_FILES);
  }

  get areTooMany(): boolean {
    return this.#found.size > MOST_DOUBTS;
  }

  miss(path: string): void {
    this.#missed.push(path);
  }

  judge(rule: Rule, judge: () => Truth): Truth {
    const supposed = this.supposed?.get(rule);
    if (supposed !== undefined) return supposed;
    this.#missed = [];
    const truth = judge();
    if (truth === 'unknown' && this.#missed.length > 0) {
      this.#found.add(rule);
      for (const path of this.#missed) this.missed.add(path);
    }
    return truth;
  }

  mayNameOwnFiles(): boolean {
    return this.supposed?.get(OWN_FILES) ?? this.#namesOwnFiles !== false;
  }

  /** Every way the doubts may turn out. */
  suppositions(): ReadonlyMap<Rule | typeof OWN_FILES, boolean>[] {
    if (this.areTooMany) return [];
    const doubts = [...this.#found];
    if (doubts.length === 0) return [];
    return Array.from({ length: 2 ** doubts.length }, (_, bits) => {
      return new Map(doubts.map((doubt, at) => [doubt, (bits & (1 << at)) !== 0]));
    });
  }
}
