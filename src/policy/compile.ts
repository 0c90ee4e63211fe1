import { mergeAudit, type Auditing } from './audit.ts';
import { compileCondition } from './condition/compile-condition.ts';
import type { Ground } from './condition/ground.ts';
import { compileOwnFiles } from './condition/own-files.ts';
import {
  PIN_MODES,
  RULED,
  type AppliedLimit,
  type ApprovalSettings,
  type Layer,
  type Limit,
  type PinMode,
  type PolicySet,
  type Rule,
  type Ruled,
} from './policy.ts';
import { RuleIndex, type CompiledRule } from './rule-index.ts';
import type { Decider } from './strictness.ts';

/** A policy ready to decide with. */
export interface CompiledPolicy {
  readonly set: PolicySet;
  readonly layers: readonly CompiledLayer[];
  /** What any of the files has rules for: nothing else need be asked about. */
  readonly speaksOf: ReadonlySet<Ruled>;
  /** What happens to a call of a tool whose definition has changed: the strictest that any of the files says. */
  readonly pin: PinMode;
  /** What is kept of the calls. */
  readonly audit: Auditing;
  /** Whether a rule asks for more than a tool's name. */
  readonly asksProfile: boolean;
  /** Whether these arguments name a file of the policy, or something in the guard's own folders. */
  touchesOwnFiles(args: Buffer): boolean;
}

/** One file, ready to say what it says of a query. */
export interface CompiledLayer {
  readonly name: string;
  readonly role: Layer['role'];
  readonly rules: ReadonlyMap<Ruled, RuleIndex>;
  /** The rules for a category or a risk, by its word. */
  readonly classes: ReadonlyMap<string, readonly CompiledRule[]>;
  /** The rule where no rule decides; null where the file then has no say. */
  readonly fallback: ReadonlyMap<Ruled, Decider | null>;
  /** That of all tool calls together. */
  readonly limit: AppliedLimit | null;
  readonly approval: ApprovalSettings;
}

/** Prepares a policy for `decide`: indexes its rules, compiles its conditions. Patterns must have been found sound. */
export function compilePolicy(set: PolicySet, ground: Ground): CompiledPolicy {
  const [first, ...added] = set.layers;
  // Of two that say the same the first one's reason is given, which must not hang on the order they are named in.
  const sorted = added.toSorted((a, b) => (nameLayer(a) < nameLayer(b) ? -1 : 1));
  const rules = set.layers.map(({ policy }) => policy.rules);
  const audit = mergeAudit(set, ground);
  const logs = audit.dir === null ? [] : [audit.dir];
  const pins = set.layers.flatMap(({ policy }) => policy.pin ?? []);
  return {
    set,
    speaksOf: new Set(RULED.filter((kind) => rules.some((maps) => maps[kind].length > 0))),
    pin: PIN_MODES.findLast((mode) => pins.includes(mode)) ?? 'ask',
    audit,
    asksProfile: rules.some(({ categories, risks }) => categories.length + risks.length > 0),
    layers: [first, ...sorted].map((layer) => compileLayer(layer, set, ground)),
    touchesOwnFiles: compileOwnFiles(listFiles(set), [...ground.own, ...logs], ground),
  };
}

function compileLayer(layer: Layer, set: PolicySet, ground: Ground): CompiledLayer {
  const { policy } = layer;
  const name = nameLayer(layer);
  const folder = policy.file === null ? ground.cwd : readFolder(policy.file);
  const apply = (limit: Limit | null): AppliedLimit | null =>
    limit === null ? null : { ...limit, layer: name };
  const approval = mergeApproval(policy.approval, set.layers[0].policy.approval);
  const compile = (rule: Rule): CompiledRule => ({
    rule,
    judge: rule.when === null ? null : compileCondition(rule.when, ground, folder),
    limit: apply(rule.limit),
    decider: createDecider(rule, name, approval),
  });
  return {
    name,
    role: layer.role,
    rules: new Map(RULED.map((kind) => [kind, new RuleIndex(policy.rules[kind], compile)])),
    classes: new Map(
      [...policy.rules.categories, ...policy.rules.risks].map((list) => [
        list.pattern,
        list.rules.map(compile),
      ]),
    ),
    fallback: new Map(RULED.map((kind) => [kind, createFallback(layer, kind, approval)])),
    limit: apply(policy.limit),
    approval,
  };
}

function createDecider(rule: Rule, layer: string, outer: ApprovalSettings): Decider | null {
  const { action } = rule;
  if (action === null) return null;
  const approval = mergeApproval(rule.approval, outer);
  return { ...rule, action, layer, approval, namesChannels: (rule.approval?.channels ?? null) !== null };
}

/** The files of a policy; none where it is the built-in one. */
export function listFiles({ layers }: PolicySet): string[] {
  return layers.flatMap(({ policy }) => policy.file ?? []);
}

/** The file as questions and explanations name it. */
export function nameLayer({ policy }: Layer): string {
  return policy.file ?? 'built-in';
}

/** What the second one says holds where the first one is silent. */
export function mergeApproval(own: ApprovalSettings | null, outer: ApprovalSettings): ApprovalSettings {
  return {
    channels: own?.channels ?? outer.channels,
    timeoutMs: own?.timeoutMs ?? outer.timeoutMs,
    open: own?.open ?? outer.open,
  };
}

/**
 * `default` speaks of tools alone. Everything else passes where nobody speaks of it, for what a server offers beside
 * tools is chosen by the client's user, not by the model.
 */
function createFallback(layer: Layer, kind: Ruled, approval: ApprovalSettings): Decider | null {
  const { action, written } = layer.policy.default;
  const isTool = kind === 'tools';
  if (layer.role !== 'first' && !(isTool && written)) return null;
  return {
    path: 'default',
    layer: nameLayer(layer),
    when: null,
    action: isTool ? action : 'allow',
    reason: null,
    hide: false,
    limit: null,
    approval,
    namesChannels: false,
  };
}

function readFolder(file: string): string {
  const end = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'));
  return end <= 0 ? file.slice(0, end + 1) : file.slice(0, end);
}
