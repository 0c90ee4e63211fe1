import { createHash } from 'node:crypto';
import type { Content, Listed } from './hub/console-message.ts';

/**
 * SHA-256 of everything a person sees of a call, hexadecimal: an answer names it, so it counts for nothing else. Times
 * and counts are left out, as they go on while the person looks. A JSON list keeps every text apart from its neighbour.
 */
export function digestShown(listed: Listed, content: Content): string {
  const { key, server, tool, title, profile, isChanged, rule, reason, allowsAlways } = listed;
  const { arguments: args, attachments, change } = content;
  const what = profile === null ? null : [profile.category, profile.risk, profile.evidence];
  const changed = change === null || change === 'unknown' ? change : [change.was, change.now];
  const seen = [
    key,
    server,
    tool,
    title,
    what,
    isChanged,
    rule,
    reason,
    allowsAlways,
    args,
    attachments,
    changed,
  ];
  return createHash('sha256').update(JSON.stringify(seen)).digest('hex');
}
