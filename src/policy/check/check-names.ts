import { placeOf, type Checkup } from './checkup.ts';
import { quote } from '../quote.ts';
import { renderRulePath } from '../read/read-rules.ts';
import { isToolName } from '../../protocol/tool-name.ts';

/** Names and globs that no tool can have, as a call of it is refused before a policy is asked. */
export function checkNames({ policy, places, problems }: Checkup): void {
  for (const { pattern, kind } of policy.rules.tools) {
    if (isToolName(kind === 'exact' ? pattern : pattern.replaceAll('*', '').replaceAll('?', 'x') || 'x'))
      continue;
    const message = `no tool can have the name ${quote(pattern)}`;
    const hint = 'names are 1 to 128 of A-Z a-z 0-9 _ . / -, and only * and ? are wildcards';
    problems.warn(placeOf(renderRulePath('tools', pattern), places), 'never_matches', message, hint);
  }
}
