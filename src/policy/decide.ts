import type { Facts } from './condition/compile-condition.ts';
import type { Truth } from './condition/condition.ts';
import type { CompiledLayer, CompiledPolicy } from './compile.ts';
import type { AppliedLimit, Evaluation, LayerVerdict, Query, RuleMatch } from './policy.ts';
import type { CompiledRule } from './rule-index.ts';
import { pickStrictest, type Decider } from './strictness.ts';
import type { Untold } from './untold.ts';
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
  const { action, path, layer, reason, hide, approval, namesChannels } = guardOwnFiles(
    policy,
    query,
    decider,
  );
  return {
    verdict: action,
    rule: path,
    layer,
    reason,
    hide,
    approval,
    namesChannels,
    layers: says.map((say) => say.verdict),
    matched: says.flatMap(({ matched }) => matched),
    limits: says.flatMap(({ limits }) => limits),
  };
}

/** The rule where a call names a file of the guard's own. */
export const OWN_FILES = 'own-files';

/** What could rewrite the policy is at least asked for, by a rule of its own: a grant for the tool does not cover it. */
function guardOwnFiles(policy: CompiledPolicy, query: Query, decider: Decider): Decider {
  const { kind, args, untold } = query;
  if (kind !== 'tools' || decider.action === 'deny') return decider;
  const isTouched = args !== null && policy.touchesOwnFiles(args);
  if (!isTouched && untold?.mayNameOwnFiles() !== true) return decider;
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
 * The most specific rule decides: an exact name, a glob, category and risk, then `default`; a deny of a category or risk
 * stands beside the globs. Where it is unknown whether a condition holds, every rule that may come to decide is
 * weighed, those it would hide included.
 */
function judgeLayer(layer: CompiledLayer, query: Query, facts: QueryFacts): Say {
  const weighing: Weighing = { layer, facts, limits: [], matched: [] };
  const [exact, glob, classed, otherCase] = [createRank(), createRank(), createRank(), createRank()];
  for (const { rules, sameCase } of layer.rules.get(query.kind)?.find(query.name) ?? []) {
    const rank = !sameCase ? otherCase : rules.kind === 'exact' ? exact : glob;
    weighRules(rank, rules.rules, true, weighing);
  }
  for (const rules of listClassed(layer, query)) {
    weighRules(classed, rules, query.profile?.isSeen === true, weighing);
  }
  const deciders = listDeciders({ exact, glob, classed }, layer.fallback.get(query.kind) ?? null);
  // Some servers fold case, so a rule for another spelling of the name counts, unless it would allow.
  deciders.push(...otherCase.deciders.filter(({ action }) => action !== 'allow'));
  const { limits, matched } = weighing;
  if (query.kind === 'tools' && layer.limit !== null) limits.push(layer.limit);
  const decider = pickStrictest(deciders);
  const { name, role } = layer;
  return {
    decider,
    verdict: { layer: name, role, verdict: decider?.action ?? null, rule: decider?.path ?? null },
    limits,
    matched,
  };
}

interface Ranks {
  readonly exact: Rank;
  readonly glob: Rank;
  readonly classed: Rank;
}

/** Every rule that may come to decide, down to the first rank in which one does for certain. */
function listDeciders({ exact, glob, classed }: Ranks, fallback: Decider | null): Decider[] {
  if (exact.isSettled) return exact.deciders;
  const deciders = [...exact.deciders, ...glob.deciders, ...classed.deciders.filter(isDeny)];
  if (glob.isSettled) return deciders;
  deciders.push(...classed.deciders);
  if (!classed.isSettled && fallback !== null) deciders.push(fallback);
  return deciders;
}

/** The rules for what the tool can do. */
function listClassed({ classes }: CompiledLayer, { profile }: Query): (readonly CompiledRule[])[] {
  if (profile === null || classes.size === 0) return [];
  return [classes.get(profile.category) ?? [], classes.get(profile.risk) ?? []];
}

function isDeny({ action }: Decider): boolean {
  return action === 'deny';
}

/** Rules that are equally specific. */
interface Rank {
  /** Every one that may be taken. */
  readonly deciders: Decider[];
  /** One of them is taken for certain, so nothing less specific decides. */
  isSettled: boolean;
}

function createRank(): Rank {
  return { deciders: [], isSettled: false };
}

/** What one file has to say of a query, as it is gathered. */
interface Weighing {
  readonly layer: CompiledLayer;
  readonly facts: QueryFacts;
  readonly limits: AppliedLimit[];
  readonly matched: RuleMatch[];
}

/**
 * The rules under one key: a list is read top to bottom, and an unknown condition is followed both ways, taken and
 * passed over. `mayAllow` is false where what the tool can do was not seen, only guessed: an allow then does not hold.
 */
function weighRules(
  rank: Rank,
  rules: readonly CompiledRule[],
  mayAllow: boolean,
  { layer, facts, limits, matched }: Weighing,
): void {
  let isTaken = false;
  for (const compiled of rules) {
    const { rule, limit, decider } = compiled;
    const { path, action } = rule;
    const applies = judgeRule(compiled, facts);
    const holds = action === 'allow' && !mayAllow ? false : applies;
    matched.push({ rule: path, layer: layer.name, action, holds });
    if (applies === false || (action !== null && isTaken)) continue;
    // A limit can only refuse, so it counts whatever the case of the name, and whatever was seen of the tool.
    if (limit !== null) limits.push(limit);
    if (holds === false || decider === null) continue;
    rank.deciders.push(decider);
    if (holds === true) isTaken = true;
  }
  if (isTaken) rank.isSettled = true;
}

function judgeRule({ judge, rule }: CompiledRule, facts: QueryFacts): Truth {
  if (judge === null) return true;
  const { untold } = facts;
  return untold === undefined ? judge(facts) : untold.judge(rule, () => judge(facts));
}

/** The arguments are read when a condition first asks for them, and once. */
class QueryFacts implements Facts {
  readonly untold: Untold | undefined;
  readonly #query: Query;
  #args: JsonValue | null = null;
  #schema: JsonValue | null = null;

  constructor(query: Query) {
    this.#query = query;
    this.untold = query.untold;
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
