import {
  ACTIONS,
  type Action,
  type ApprovalSettings,
  type Evaluation,
  type Policy,
  type Rule,
} from './policy.ts';
import { RuleIndex, type Fit } from './rule-index.ts';

export interface CompiledPolicy {
  readonly policy: Policy;
  readonly index: RuleIndex;
  /** `default` as a rule. */
  readonly fallback: Decider;
}

/** A rule that decides. */
type Decider = Rule & { readonly action: Action };

/** Prepares a policy for `decide`. */
export function compilePolicy(policy: Policy): CompiledPolicy {
  const { action } = policy.default;
  const fallback = { path: 'default', action, reason: null, hide: false, limit: null, approval: null };
  return { policy, index: new RuleIndex(policy.tools), fallback };
}

/**
 * What the policy says of a call of this tool, before limits are counted. The most specific rule decides (an exact
 * name, then a glob, then `default`), among several of one rank the strictest. A name that differs from a rule's by case
 * alone is decided by the stricter of both, since some servers fold case. Nothing depends on the order of the file.
 */
export function decide(compiled: CompiledPolicy, tool: string): Evaluation {
  const { policy, index, fallback } = compiled;
  const fits = index.find(tool);
  const compare = (a: Decider, b: Decider) => compareStrictness(a, b, policy.approval);
  const same = fits.filter((fit) => fit.sameCase);
  const own =
    pickStrictest(listDeciders(same, 'exact'), compare) ??
    pickStrictest(listDeciders(same, 'glob'), compare) ??
    fallback;
  const others = listDeciders(fits.filter((fit) => !fit.sameCase)).filter(({ action }) => action !== 'allow');
  const rule = pickStrictest([own, ...others], compare) ?? fallback;
  const layer = policy.file ?? 'built-in';
  return {
    verdict: rule.action,
    rule: rule.path,
    layer,
    reason: rule.reason,
    hide: rule.hide,
    approval: {
      channels: rule.approval?.channels ?? policy.approval.channels,
      timeoutMs: rule.approval?.timeoutMs ?? policy.approval.timeoutMs,
      open: rule.approval?.open ?? policy.approval.open,
    },
    matched: fits.flatMap(({ rules }) =>
      rules.rules.map(({ path, action }) => ({ rule: path, layer, action, holds: true })),
    ),
    // A limit can only refuse, so it counts whatever the case of the name.
    limits: [...fits.flatMap(({ rules }) => rules.limits), ...(policy.limit === null ? [] : [policy.limit])],
  };
}

function listDeciders(fits: readonly Fit[], kind?: 'exact' | 'glob'): Decider[] {
  return fits.flatMap(({ rules }) => {
    if (rules.decider === null || (kind !== undefined && rules.kind !== kind)) return [];
    const { action } = rules.decider;
    return action === null ? [] : [{ ...rules.decider, action }];
  });
}

/** The first of the strictest. */
function pickStrictest(
  rules: readonly Decider[],
  compare: (a: Decider, b: Decider) => number,
): Decider | undefined {
  return rules.reduce<Decider | undefined>(
    (strictest, rule) => (strictest === undefined || compare(rule, strictest) > 0 ? rule : strictest),
    undefined,
  );
}

/** Positive where `a` is stricter. Among equal actions, hiding a tool and asking nobody are the stricter ways. */
function compareStrictness(a: Decider, b: Decider, settings: ApprovalSettings): number {
  const asksNobody = ({ approval }: Decider) => (approval?.channels ?? settings.channels)?.length === 0;
  return (
    ACTIONS.indexOf(a.action) - ACTIONS.indexOf(b.action) ||
    Number(a.hide) - Number(b.hide) ||
    Number(asksNobody(a)) - Number(asksNobody(b))
  );
}
