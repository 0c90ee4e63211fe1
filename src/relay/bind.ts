import { createHash } from 'node:crypto';
import type { GrantBinding } from '../approval/grants.ts';
import { nameLayer } from '../policy/compile.ts';
import { RULE_MAPS, type Policy } from '../policy/policy.ts';
import { digestParams } from '../protocol/digest.ts';
import type { Call } from './request.ts';
import type { State } from './state.ts';

/** The rule or limit that asks, and the file it stands in. */
export interface Asking {
  readonly rule: string;
  readonly layer: string;
}

/** What a grant for this call would hang on, where this rule asked. */
export function bindCall(state: State, { tool, call }: Call, { rule, layer }: Asking): GrantBinding {
  const policy = state.policy.set.layers.find((one) => nameLayer(one) === layer)?.policy;
  return {
    server: state.settings.serverHash,
    tool,
    // A definition that changes between question and answer leaves the grant without effect: it names the one asked about.
    definition: state.tools.findHash(tool),
    rule,
    ruleText: hash([layer, rule, policy === undefined ? null : findText(policy, rule)]),
    digest: digestParams(call.params, 'whole'),
  };
}

/** What the rule says: edited, it is another rule. */
function findText(policy: Policy, path: string): unknown {
  const rules = RULE_MAPS.flatMap((kind) => policy.rules[kind]).flatMap((list) => list.rules);
  const limits = [policy.limit, ...rules.map(({ limit }) => limit)];
  return (
    rules.find((rule) => rule.path === path) ?? limits.find((limit) => limit?.rule === path) ?? policy.default
  );
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
