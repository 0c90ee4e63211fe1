import { createHash } from 'node:crypto';
import type { GrantBinding } from '../approval/grants.ts';
import type { Policy } from '../policy/policy.ts';
import { digestParams } from '../protocol/digest.ts';
import type { Call } from './request.ts';
import type { State } from './state.ts';

/** What a grant for this call would hang on, where this rule asked. */
export function bindCall(state: State, { tool, call }: Call, rule: string): GrantBinding {
  const { policy } = state.settings.policy;
  return {
    server: state.settings.serverHash,
    tool,
    // A definition that changes between question and answer leaves the grant without effect: it names the one asked about.
    definition: state.definitions.get(tool)?.hash ?? null,
    rule,
    ruleText: hash([policy.file, rule, findText(policy, rule)]),
    digest: digestParams(call.params, 'whole'),
  };
}

/** What the rule says: edited, it is another rule. */
function findText(policy: Policy, path: string): unknown {
  const rules = policy.tools.flatMap((tool) => tool.rules);
  const limits = [policy.limit, ...rules.map(({ limit }) => limit)];
  return (
    rules.find((rule) => rule.path === path) ?? limits.find((limit) => limit?.rule === path) ?? policy.default
  );
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
