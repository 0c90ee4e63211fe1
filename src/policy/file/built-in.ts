import { createHash } from 'node:crypto';
import type { Layer, Rule, RuleList } from '../policy.ts';

/** The same as a file would say it. */
const TEXT = `version: 1
default: require_approval
categories:
  read: allow
risks:
  high: require_approval
  critical: require_approval
`;

/** Holds where a person has written none: what only looks runs, unless it shows secrets or says what it should not. */
export const BUILT_IN: Layer = {
  role: 'first',
  policy: {
    file: null,
    hash: createHash('sha256').update(TEXT).digest('hex'),
    server: null,
    layers: [],
    default: { action: 'require_approval', written: true },
    limit: null,
    approval: { channels: null, timeoutMs: null, open: null },
    audit: { arguments: null, required: null, dir: null, keepMs: null },
    rules: {
      tools: [],
      resources: [],
      prompts: [],
      methods: [],
      server_requests: [],
      categories: [ruleOf('categories', 'read', 'allow')],
      risks: [ruleOf('risks', 'high', 'require_approval'), ruleOf('risks', 'critical', 'require_approval')],
    },
    pin: null,
    env: null,
    reload: true,
    tests: [],
  },
};

function ruleOf(map: 'categories' | 'risks', pattern: string, action: Rule['action']): RuleList {
  const path = `${map}.${pattern}`;
  const rule = { path, when: null, action, reason: null, hide: false, limit: null, approval: null };
  return { pattern, kind: 'exact', rules: [rule] };
}
