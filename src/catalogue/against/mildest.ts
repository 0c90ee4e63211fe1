import { compilePolicy, type CompiledPolicy } from '../../policy/compile.ts';
import { compileCondition } from '../../policy/condition/compile-condition.ts';
import type { Clause, Step, Truth } from '../../policy/condition/condition.ts';
import { rankOf } from '../../policy/check/strength.ts';
import { decide } from '../../policy/decide.ts';
import type { Action, PolicySet, Rule, RuleList } from '../../policy/policy.ts';
import type { JsonValue } from '../../wire/value.ts';
import type { Inspection } from './inspection.ts';

/** A call with an argument left out, and no other in it. */
export interface Omission {
  /** The path up to what is left out. */
  readonly steps: readonly Step[];
  /** The index of what is left out. */
  readonly step: number;
  readonly args: JsonValue;
  readonly schema: JsonValue;
}

/** What a caller can reach at best by leaving an argument out and choosing all others. */
export class Mildest {
  readonly #list: RuleList;
  readonly #inspection: Inspection;
  /** The whole policy with the list replaced by this action, or by nothing. */
  readonly #compiled = new Map<Action | null, CompiledPolicy>();

  constructor(list: RuleList, inspection: Inspection) {
    this.#list = list;
    this.#inspection = inspection;
  }

  /** The verdict on a call of the tool for which the list comes to this action, or is passed over. */
  decideAs(action: Action | null, tool: string): Action {
    const { ground, tools } = this.#inspection;
    const profile = tools.find(({ name }) => name === tool)?.profile ?? null;
    const compiled = this.#compiled.get(action) ?? compilePolicy(this.#replaceList(action), ground);
    this.#compiled.set(action, compiled);
    return decide(compiled, { kind: 'tools', name: tool, args: null, schema: null, profile }).verdict;
  }

  /** The mildest verdict on a call of the tool in which the argument is left out. */
  find(tool: string, omission: Omission): Action {
    return this.#findFrom(0, tool, omission);
  }

  /** What becomes of a test of the missing argument. */
  judge(clause: Clause, { args, schema }: Omission): Truth {
    const { ground, policy } = this.#inspection;
    const folder = policy.file === null ? ground.cwd : policy.file.replace(/[/\\][^/\\]*$/, '');
    return compileCondition({ clauses: [clause] }, ground, folder)({ args, schema });
  }

  /** The entries from here on: what is unknown is followed both ways, and what hangs on other arguments is chosen. */
  #findFrom(index: number, tool: string, omission: Omission): Action {
    const rule = this.#list.rules[index];
    if (rule === undefined) return this.decideAs(null, tool);
    const passed = (): Action => this.#findFrom(index + 1, tool, omission);
    const clauses = rule.when?.clauses ?? [];
    const fixed = clauses.filter(({ path }) => startsWith(path.steps, omission.steps));
    const truths = fixed.map((clause) => this.judge(clause, omission));
    if (rule.action === null || truths.includes(false)) return passed();
    const taken = this.decideAs(rule.action, tool);
    const sure = truths.includes('unknown') ? pick(taken, passed(), 1) : taken;
    return fixed.length < clauses.length ? pick(sure, passed(), -1) : sure;
  }

  #replaceList(action: Action | null): PolicySet {
    const { set, policy } = this.#inspection;
    const { pattern, kind, rules } = this.#list;
    const rule: Rule[] = rules
      .slice(0, 1)
      .map((first) => ({ ...first, when: null, action, hide: false, limit: null }));
    const tools = policy.rules.tools.flatMap((list) =>
      list !== this.#list ? [list] : action === null ? [] : [{ pattern, kind, rules: rule }],
    );
    const changed = { ...policy, rules: { ...policy.rules, tools } };
    const [first, ...others] = set.layers.map((layer) =>
      layer.policy.file === policy.file ? { ...layer, policy: changed } : layer,
    );
    return first === undefined ? set : { ...set, layers: [first, ...others] };
  }
}

/** The stricter of both for 1, the milder for -1. */
function pick(a: Action, b: Action, sign: 1 | -1): Action {
  return sign * (rankOf(a) - rankOf(b)) >= 0 ? a : b;
}

function startsWith(steps: readonly Step[], beginning: readonly Step[]): boolean {
  return beginning.every((step, index) => JSON.stringify(step) === JSON.stringify(steps[index]));
}
