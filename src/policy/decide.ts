import type { Facts } from './condition/compile-condition.ts';
import type { Truth } from './condition/condition.ts';
import { mergeApproval, type CompiledLayer, type CompiledPolicy } from './compile.ts';
import type { AppliedLimit, Evaluation, LayerVerdict, Query, RuleMatch } from './policy.ts';
import type { CompiledRule, Fit } from './rule-index.ts';
import { pickStrictest, type Decider } from './strictness.ts';
import { readValue, type JsonValue } from '../wire/value.ts';

/**
 * What the policy says of a query, before limits are counted. Each file decides on its own, and the strictest wins;
 * nothing depends on the order of files, or of rules save inside one list.
 */
export function decide(policy: CompiledPolicy, query: Query): Evaluation {
  const facts = new QueryFacts(query);
  const says = policy.layers.map((layer) => judgeLayer(layer, query, facts));
  const decider = pickStrictest(says.flatMap((say) => say.decider ?? []));
  // The first file has a fallback for everything, so there is one.
  if (decider === null) throw new Error('no file of the policy has a say');
  const { action, path, layer, reason, hide, approval } = guardOwnFiles(policy, query, decider);
  return {
    verdict: action,
    rule: path,
    layer,
    reason,
    hide,
    approval,
    layers: says.map((say) => say.verdict),
    matched: says.flatMap(({ matched }) => matched),
    limits: says.flatMap(({ limits }) => limits),
  };
}

/** The rule where a call names a file of the guard's own. */
export const OWN_FILES = 'own-files';

/** What could rewrite the policy is at least asked for, by a rule of its own: a grant for the tool does not cover it. */
function guardOwnFiles(policy: CompiledPolicy, { kind, args }: Query, decider: Decider): Decider {
  if (kind !== 'tools' || args === null || decider.action === 'deny') return decider;
  if (!policy.touchesOwnFiles(args)) return decider;
  const reason = "It names mcp-guard's own files, which decide what is allowed";
  return {
    ...decider,
    path: OWN_FILES,
    layer: 'built-in',
    action: 'require_approval',
    reason,
    hide: false,
  };
}

/** What one file says. */
interface Say {
  /** Null where it has no say. */
  readonly decider: Decider | null;
  readonly verdict: LayerVerdict;
  readonly limits: readonly AppliedLimit[];
  readonly matched: readonly RuleMatch[];
}

/**
 * The most specific rule decides: an exact name, then a glob, then `default`. Where it is unknown whether a condition
 * holds, every rule that may come to decide is weighed, those it would hide included.
 */
function judgeLayer(layer: CompiledLayer, query: Query, facts: Facts): Say {
  const judged = (layer.rules.get(query.kind)?.find(query.name) ?? []).map((fit) =>
    judgeFit(fit, layer, facts),
  );
  const own = judged.filter(({ fit }) => fit.sameCase);
  const deciders: Decider[] = [];
  const isSettled = ['exact', 'glob'].some((rank) => {
    const rules = own.filter(({ fit }) => fit.rules.kind === rank);
    deciders.push(...rules.flatMap((one) => one.deciders));
    return rules.some(({ mayPass }) => !mayPass);
  });
  const fallback = layer.fallback.get(query.kind) ?? null;
  if (!isSettled && fallback !== null) deciders.push(fallback);
  // Some servers fold case, so a rule for another spelling of the name counts, unless it would allow.
  const others = judged.filter(({ fit }) => !fit.sameCase).flatMap((one) => one.deciders);
  deciders.push(...others.filter(({ action }) => action !== 'allow'));
  const limits = judged.flatMap((one) => one.limits);
  if (query.kind === 'tools' && layer.limit !== null) limits.push(layer.limit);
  const decider = pickStrictest(deciders);
  const { name, role } = layer;
  return {
    decider,
    verdict: { layer: name, role, verdict: decider?.action ?? null, rule: decider?.path ?? null },
    limits,
    matched: judged.flatMap(({ matched }) => matched),
  };
}

/** What the rules under one key say. */
interface JudgedFit {
  readonly fit: Fit;
  /** Every one that may be taken. */
  readonly deciders: readonly Decider[];
  /** Perhaps none of them is taken. */
  readonly mayPass: boolean;
  readonly limits: readonly AppliedLimit[];
  readonly matched: readonly RuleMatch[];
}

/** A list is read top to bottom; an unknown condition is followed both ways: taken, and passed over. */
function judgeFit(fit: Fit, layer: CompiledLayer, facts: Facts): JudgedFit {
  const deciders: Decider[] = [];
  // A limit can only refuse, so it counts whatever the case of the name.
  const limits: AppliedLimit[] = [];
  const matched: RuleMatch[] = [];
  let mayPass = true;
  for (const compiled of fit.rules.rules) {
    const { rule, limit } = compiled;
    const holds = judgeRule(compiled, facts);
    matched.push({ rule: rule.path, layer: layer.name, action: rule.action, holds });
    if (holds === false || (rule.action !== null && !mayPass)) continue;
    if (limit !== null) limits.push(limit);
    if (rule.action === null) continue;
    const approval = mergeApproval(rule.approval, layer.approval);
    deciders.push({ ...rule, action: rule.action, approval, layer: layer.name });
    if (holds === true) mayPass = false;
  }
  return { fit, deciders, limits, matched, mayPass };
}

function judgeRule({ judge }: CompiledRule, facts: Facts): Truth {
  return judge === null ? true : judge(facts);
}

/** The arguments are read when a condition first asks for them, and once. */
class QueryFacts implements Facts {
  readonly #query: Query;
  #args: JsonValue | null = null;
  #schema: JsonValue | null = null;

  constructor(query: Query) {
    this.#query = query;
  }

  get args(): JsonValue | null {
    const { args } = this.#query;
    if (args !== null) this.#args ??= readValue(args);
    return this.#args;
  }

  get schema(): JsonValue | null {
    const { schema } = this.#query;
    if (schema !== null) this.#schema ??= readValue(schema);
    return this.#schema;
  }
}
